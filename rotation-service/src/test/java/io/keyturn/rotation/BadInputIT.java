package io.keyturn.rotation;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Shop;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

/**
 * What is wrong around a SecretRotation: each ends with its reason and says what helps, changes nothing, and is over when its cause
 * is. All of them at the same time, for each takes a while.
 */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class BadInputIT {

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    private enum Trouble {
        ROLE_IS_MISSING(
                RotationReason.ROLE_MISSING,
                shop -> execute("drop role \"" + shop.roleB + "\""),
                shop -> execute(
                        "create role \"" + shop.roleB + "\" nologin in role \"" + shop.owner + "\"",
                        "grant \"" + shop.roleB + "\" to \"" + shop.adminRole + "\" with admin option")),
        ROLE_IS_NO_MEMBER(
                RotationReason.ROLE_MISSING,
                shop -> execute("revoke \"" + shop.owner + "\" from \"" + shop.roleB + "\""),
                shop -> execute("grant \"" + shop.owner + "\" to \"" + shop.roleB + "\"")),
        ADMIN_LACKS_RIGHTS(
                RotationReason.ADMIN_REFUSED,
                shop -> execute("revoke \"" + shop.roleB + "\" from \"" + shop.adminRole + "\""),
                shop -> execute("grant \"" + shop.roleB + "\" to \"" + shop.adminRole + "\" with admin option")),
        ADMIN_IS_REFUSED(
                RotationReason.ADMIN_REFUSED,
                shop -> shop.vault("db-admin", shop.adminRole, "wrong"),
                shop -> shop.vault("db-admin", shop.adminRole, shop.adminPassword)),
        ADMIN_HAS_NO_VALUE(
                RotationReason.ADMIN_REFUSED,
                shop -> shop.vault("db-admin", shop.adminRole, ""),
                shop -> shop.vault("db-admin", shop.adminRole, shop.adminPassword)),
        HOST_IS_UNKNOWN(
                RotationReason.TARGET_UNREACHABLE,
                shop -> apply(spec(shop).replace("host: localhost", "host: nowhere.invalid")),
                shop -> apply(spec(shop))),
        CERTIFICATE_IS_NOT_TRUSTED(
                RotationReason.TARGET_UNREACHABLE,
                shop -> apply(spec(shop).replace("mode: disable", "mode: verify-full")),
                shop -> apply(spec(shop))),
        CERTIFICATE_HAS_ANOTHER_NAME(
                RotationReason.TARGET_UNREACHABLE,
                // The same server and authority, by a name that the certificate does not bear.
                shop -> apply(verified(shop).replace("host: localhost", "host: '127.1'")),
                shop -> apply(verified(shop))),
        VALUE_IS_EMPTY(
                RotationReason.CURRENT_REFUSED,
                shop -> shop.vault("db", shop.roleA, ""),
                shop -> shop.vault("db", shop.roleA, shop.firstPassword)),
        VALUE_IS_ANOTHER(
                RotationReason.CURRENT_REFUSED,
                shop -> shop.vault("db", shop.roleA, "another"),
                shop -> shop.vault("db", shop.roleA, shop.firstPassword)),
        SECRET_IS_IMMUTABLE(
                RotationReason.PUBLICATION_REFUSED,
                shop -> replaceSecret(shop, true),
                shop -> replaceSecret(shop, false));

        private final RotationReason reason;
        private final Consumer<Shop> spoil;
        private final Consumer<Shop> mend;

        Trouble(RotationReason reason, Consumer<Shop> spoil, Consumer<Shop> mend) {
            this.reason = reason;
            this.spoil = spoil;
            this.mend = mend;
        }

        private static void execute(String... statements) {
            Testbed.shared().postgres().execute("postgres", statements);
        }

        /** As it is right. */
        private static String spec(Shop shop) {
            return shop.yaml("orders", shop.alternatingTarget(), "db");
        }

        private static String verified(Shop shop) {
            return spec(shop)
                    .replace(
                            "{mode: disable}",
                            "{mode: verify-full, caBundle: "
                                    + Testbed.shared().postgres().quotedCertificateAuthority() + "}");
        }

        private static void apply(String yaml) {
            Testbed.shared()
                    .kubernetes()
                    .admin()
                    .resource(yaml)
                    .forceConflicts()
                    .serverSideApply();
        }

        private static void replaceSecret(Shop shop, boolean immutable) {
            var admin = Testbed.shared().kubernetes().admin();
            var secret = shop.secret();
            admin.resource(secret).delete();
            admin.resource(new SecretBuilder(secret)
                            .editMetadata()
                            .withResourceVersion(null)
                            .endMetadata()
                            .withImmutable(immutable)
                            .build())
                    .create();
        }
    }

    /** What a run may change. */
    private record Everything(
            Map<String, String> roles, long liveVersion, String secretVersion, List<String> keptRuns) {
        static Everything of(Shop shop) {
            return new Everything(
                    shop.roles(),
                    shop.liveVersion(),
                    shop.secret().getMetadata().getResourceVersion(),
                    shop.keptRuns("orders"));
        }
    }

    /** A trouble in a shop of its own. */
    private static final class Case extends Scenario {
        private final Trouble trouble;
        private final Everything before;
        private RotationId run = newRun();

        private Case(Trouble trouble, boolean adopted) {
            this.trouble = trouble;
            if (adopted) {
                adopted(true);
            } else {
                shop.vault("db", shop.roleA, shop.firstPassword);
                shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
            }
            trouble.spoil.accept(shop);
            before = Everything.of(shop);
            if (shop.find("orders") == null) {
                Trouble.apply(Trouble.spec(shop));
            }
        }

        static Case atFirstSight(Trouble trouble) {
            return new Case(trouble, false);
        }

        static Case afterAdoption(Trouble trouble) {
            return new Case(trouble, true);
        }

        void isTold() {
            assertThat(awaitCondition("Adopted", "False", trouble.reason.name()).message())
                    .contains(trouble.reason.remedy());
            awaitCondition("Ready", "False", trouble.reason.name());
            assertThat(Everything.of(shop)).isEqualTo(before);
        }

        /** By itself: all that is not adopted is looked at twice a minute. */
        void isAdopted() {
            awaitCondition(PATIENCE.plusMinutes(1), "Adopted", "True", "CredentialProven");
            awaitCondition("Ready", "True", "InForce");
        }

        void ask() {
            var policy = shop.find("orders");
            run = newRun();
            state(policy, run, last(policy), null);
        }

        void fails() {
            awaitOutcome("Failed", run);
            assertThat(Topics.of(run).getLast().event())
                    .isInstanceOfSatisfying(
                            RotationFailed.class,
                            event -> assertThat(event.reason()).isEqualTo(trouble.reason));
            assertThat(awaitCondition("Ready", "False", trouble.reason.name()).message())
                    .contains(trouble.reason.remedy());
            assertThat(Everything.of(shop)).isEqualTo(before);
        }

        void mend() {
            trouble.mend.accept(shop);
        }

        void succeeds() {
            awaitOutcome("Succeeded", run);
            awaitCondition("Ready", "True", "InForce");
        }

        @Override
        public String toString() {
            return trouble.name();
        }
    }

    @Test
    void troubleIsToldChangesNothingAndHeals() {
        var seenFirst = Stream.of(Trouble.values()).map(Case::atFirstSight).toList();
        var adopted = Stream.of(Trouble.values()).map(Case::afterAdoption).toList();
        adopted.forEach(Case::ask);

        each(seenFirst, Case::isTold);
        each(adopted, Case::fails);

        seenFirst.forEach(Case::mend);
        adopted.forEach(Case::mend);
        adopted.forEach(Case::ask);

        each(adopted, Case::succeeds);
        each(seenFirst, Case::isAdopted);
    }

    /** A policy whose role has a name of that length, with every character that may be in one. */
    private static final class LongName extends Scenario {
        private final String role = shop.roleA + "_.@$-" + "x".repeat(58 - shop.roleA.length());

        void isRotated() {
            Trouble.execute(
                    "create role \"" + role + "\" login password '" + shop.firstPassword + "'",
                    "grant \"" + role + "\" to \"" + shop.adminRole + "\" with admin option");
            shop.vault("db", role, shop.firstPassword);
            shop.secret(Map.of("user", role, "password", shop.firstPassword));
            var policy = shop.create(
                    "orders",
                    "strategy: SingleRole\nrole: '%s'\n".formatted(role).indent(6),
                    "db");
            awaitCondition("Adopted", "True", "CredentialProven");
            var run = newRun();
            state(policy, run, last(policy), null);

            awaitOutcome("Succeeded", run);
            assertThat(role).hasSize(63);
            assertThat(shop.accepts(role, shop.published("password"))).isTrue();
            assertThat(shop.accepts(role, shop.firstPassword)).isFalse();
        }
    }

    @Test
    void longestNameOfARoleIsRotated() {
        new LongName().isRotated();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "two words | write the name of a role in letters",
                "say\"so\" | write the name of a role in letters",
                "it's | write the name of a role in letters",
                "x\"; drop role y; -- | write the name of a role in letters",
                "größe | write the name of a role in letters",
                "a23456789b23456789c23456789d23456789e23456789f23456789g23456789h234 | more than 63",
            })
    void oddNameOfARoleIsRefusedWhenItIsApplied(String name, String fix) {
        var shop = new Shop();
        var yaml = shop.yaml("orders", "strategy: SingleRole\nrole: 'the role'\n".indent(6), "db")
                .replace("the role", name.replace("'", "''"));

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() ->
                        Testbed.shared().kubernetes().admin().resource(yaml).create())
                .withMessageContaining("spec.target.postgres.role: ")
                .withMessageContaining(fix);
    }

    private static void each(List<Case> cases, Consumer<Case> expectation) {
        assertSoftly(softly -> cases.forEach(one -> softly.assertThatCode(() -> expectation.accept(one))
                .as("%s", one)
                .doesNotThrowAnyException()));
    }
}
