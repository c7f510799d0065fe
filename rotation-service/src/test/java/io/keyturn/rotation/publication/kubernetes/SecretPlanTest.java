package io.keyturn.rotation.publication.kubernetes;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.TargetFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SecretPlanTest {
    private static final String FIELD = "spec.publish[1].secret";
    private static final String GOOD =
            "{\"name\": \"orders-db\", \"data\": {\"user\": \"{username}\", \"password\": \"{password}\"}}";

    @Test
    void goodBranchNamesItsSecret() throws IOException {
        assertThat(read(GOOD, true).faults()).isEmpty();
        assertThat(read(GOOD, true).secrets()).containsExactly(ObjectRef.secret("shop", "orders-db"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"orders-db\"|null|: needs the name of a Secret and at least one key in data",
                "orders-db|Orders DB|: needs the name of a Secret and at least one key in data",
                "{\"user\": \"{username}\", \"password\": \"{password}\"}|{}|: needs the name of a Secret and at least one key in data",
                "\"name\"|\"namespace\": \"other\", \"name\"|.namespace: a SecretRotation publishes only in its own namespace shop; remove it",
                "{username}|fixed|.data: the user name changes too (AlternatingRoles); put {username} into at least one key",
                "{password}|{passwort}|.data.password: placeholder {passwort} is unknown; use username, password",
                "{password}|{password:rot13}|.data.password: modifier :rot13 is unknown; use",
                "{password}|{password|.data.password: a brace",
            })
    void faultNamesTheFieldAndTheFix(String from, String to, String fault) throws IOException {
        assertThat(read(GOOD.replace(from, to), true).faults())
                .extracting(Fault::toString)
                .singleElement()
                .asString()
                .startsWith(FIELD + fault);
    }

    @Test
    void eachKeyIsAClaimOfItsOwn() {
        var branch = new SecretPublication("orders-db", null, Map.of("user", "{username}", "password", "{password}"));

        assertThat(SecretPlan.claims(FIELD, "shop", branch))
                .containsExactlyInAnyOrder(
                        new Claim(FIELD + ".data.user", "secret shop/orders-db/user"),
                        new Claim(FIELD + ".data.password", "secret shop/orders-db/password"));
    }

    @Test
    void readersNeedNoUserNameThatNeverChanges() throws IOException {
        assertThat(read(GOOD.replace("{username}", "fixed"), false).faults()).isEmpty();
    }

    private static PublicationFacts read(String json, boolean principalChanges) throws IOException {
        var target = new TargetFacts(List.of(), Set.of("host"), principalChanges, null, null);
        return SecretPlan.read(FIELD, "shop", EventJson.mapper().readValue(json, SecretPublication.class), target);
    }
}
