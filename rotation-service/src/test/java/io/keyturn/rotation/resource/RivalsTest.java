package io.keyturn.rotation.resource;

import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.PostgresTarget;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.Target;
import io.keyturn.contract.resource.SecretRotationSpec.VaultPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RivalsTest {
    private static final String OLD = "2026-01-01T00:00:00Z";
    private static final String NEW = "2026-01-02T00:00:00Z";

    private final SecretRotation older = rotation("older", OLD, "shop", "db", "shop/db", "orders-db", "orders_a");

    @Test
    void nothingInCommonIsNoRival() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/other", "other", "other");

        assertThat(Rivals.olderThan(newer, List.of(older, newer))).isEmpty();
    }

    @Test
    void samePathInTheStoreIsTheOldersAlone() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "other", "other");

        assertThat(Rivals.olderThan(newer, List.of(older, newer)))
                .contains(
                        new Problem(
                                RotationReason.CREDENTIAL_TAKEN,
                                "spec.store.vault.path: SecretRotation older is older and manages this already; keep one of the two"));
        assertThat(Rivals.olderThan(older, List.of(older, newer))).isEmpty();
    }

    @Test
    void sameKeyOfTheSameSecretIsTheOldersAlone() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/other", "orders-db", "other");

        assertThat(Rivals.olderThan(newer, List.of(newer, older)))
                .hasValueSatisfying(p -> assertThat(p.detail()).startsWith("spec.publish[0].secret.data.password: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"db", "db.shop", "DB.shop.svc", "db.shop.svc.cluster.local"})
    void sameRoleOfTheSameServerIsTheOldersAloneWhateverTheServerIsCalled(String host) {
        var newer = rotation("newer", NEW, "shop", host, "shop/other", "other", "orders_a");

        assertThat(Rivals.olderThan(newer, List.of(newer, older)))
                .hasValueSatisfying(p -> assertThat(p.detail()).startsWith("spec.target.postgres.roles: "));
    }

    @Test
    void rivalOfAnotherNamespaceIsNotNamed() {
        var newer = rotation("newer", NEW, "away", "db.shop", "away/other", "other", "orders_a");

        assertThat(Rivals.olderThan(newer, List.of(newer, older)))
                .hasValueSatisfying(p -> assertThat(p.detail())
                        .contains("a SecretRotation of namespace shop")
                        .doesNotContain("older,"));
        var same = rotation("newer", NEW, "away", "db", "away/other", "orders-db", "orders_a");
        assertThat(Rivals.olderThan(same, List.of(same, older)))
                .as("another server and another Secret of the same names")
                .isEmpty();
    }

    @Test
    void ofTheSameAgeExactlyOneActs() {
        var twin = rotation("twin", OLD, "shop", "db", "shop/db", "orders-db", "orders_a");
        var both = List.of(older, twin);

        assertThat(both.stream().filter(r -> Rivals.olderThan(r, both).isEmpty()))
                .hasSize(1);
    }

    private static SecretRotation rotation(
            String name, String created, String namespace, String host, String path, String secret, String role) {
        var rotation = new SecretRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withUid("uid-" + name)
                .withCreationTimestamp(created)
                .build());
        var postgres = new PostgresTarget(
                host, null, "orders", null, null, List.of(role, role + "_2"), null, null, null, null);
        rotation.setSpec(new SecretRotationSpec(
                null,
                null,
                new Target(postgres),
                new Store(new VaultPath(path)),
                List.of(new Publication(new SecretPublication(secret, null, Map.of("password", "{password}")))),
                null,
                null,
                null,
                null,
                null,
                null));
        return rotation;
    }
}
