package io.keyturn.rotation.target.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.PostgresTarget.TlsMode;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Rights, encryption and faults of PostgreSQL servers. */
class PostgresTrapsIT {
    private final PostgresServer server = Servers.server();
    private final String prefix = Servers.prefix();
    private final Credential live = new Credential(prefix + "_a", SecretValue.copyOf(Servers.FIRST));
    private final Credential next = new Credential(prefix + "_b", SecretValue.copyOf("next-value"));

    @Test
    void adminWithCreateRoleAndAdminOptionIsEnough() throws Exception {
        Servers.roles(server, prefix);
        try (var target = alternating(Servers.createRoleAdmin(server, prefix, "\"$_a\"", "\"$_b\""), false)) {
            assertDone(target.inspect(live));
            assertDone(target.successorIsFree(live));
            assertDone(target.apply(next));
            assertDone(target.test(next));
            assertDone(target.unused(live, Instant.now()));
            assertDone(target.retire(live, Instant.now(), false));
            assertThat(target.test(live)).isInstanceOf(Outcome.Rejected.class);
            // Without the right to end sessions the way back still takes the login away.
            try (var _ = server.connect(prefix, prefix + "_b", "next-value")) {
                assertDone(target.revert(next, live));
            }
            assertThat(target.test(next)).isInstanceOf(Outcome.Rejected.class);
        }
    }

    @Test
    void adminWithoutAdminOptionIsRefusedUpFront() {
        Servers.roles(server, prefix);
        try (var target = alternating(Servers.createRoleAdmin(server, prefix, "\"$_a\""), false)) {
            assertRefusedUpFront(target, RotationReason.ADMIN_REFUSED);
        }
    }

    /** All that passwordcheck can see of a verifier is whether it is that of the role's own name. */
    @Test
    @Proves("R11")
    void valueThatThePasswordRulesRefuseChangesNothingAndTheNextOneIsTaken() {
        Servers.roles(server, prefix);
        server.execute("postgres", "alter database \"" + prefix + "\" set session_preload_libraries = 'passwordcheck'");
        try (var target = alternating(Servers.createRoleAdmin(server, prefix, "\"$_a\"", "\"$_b\""), false);
                var refused = new Credential(next.principal(), SecretValue.copyOf(next.principal()))) {
            assertThat(target.apply(refused)).isEqualTo(Outcome.rejected(RotationReason.TARGET_REFUSED));
            assertThat(target.test(refused)).isInstanceOf(Outcome.Rejected.class);
            assertDone(target.apply(next));
            assertDone(target.test(next));
        }
    }

    @Test
    void surveyTellsEverythingThatIsWrongAtOnce() throws Exception {
        Servers.roles(server, prefix);
        var admin = Servers.createRoleAdmin(server, prefix);
        server.execute("postgres", "drop role \"" + prefix + "_b\"");
        try (var target = alternating(admin, false);
                var wrong = new Credential(live.principal(), SecretValue.copyOf("wrong"))) {
            assertThat(target.survey(wrong))
                    .filteredOn(found -> !(found instanceof Outcome.Done))
                    .containsExactlyInAnyOrder(
                            Outcome.rejected(RotationReason.CURRENT_REFUSED),
                            Outcome.rejected(RotationReason.ADMIN_REFUSED),
                            Outcome.rejected(RotationReason.ROLE_MISSING));
            assertThat(target.survey(null))
                    .as("roles and rights can be looked at without a credential")
                    .containsExactlyInAnyOrder(
                            Outcome.rejected(RotationReason.ADMIN_REFUSED),
                            Outcome.rejected(RotationReason.ROLE_MISSING));
        }
    }

    @Test
    void surveyTellsWhoIsLoggedInAsTheNextPrincipal() throws Exception {
        Servers.roles(server, prefix);
        server.execute("postgres", "alter role \"" + prefix + "_b\" login password 'used'");
        try (var target = alternating(Servers.createRoleAdmin(server, prefix, "\"$_a\"", "\"$_b\""), false);
                var _ = server.connect(prefix, prefix + "_b", "used")) {
            assertThat(target.survey(live))
                    .filteredOn(found -> !(found instanceof Outcome.Done))
                    .containsExactly(Outcome.waiting(RotationReason.SESSIONS_STUCK));
        }
    }

    @Test
    void adminWithAWrongPasswordIsRefusedUpFront() {
        Servers.roles(server, prefix);
        var wrong = new Credential(PostgresServer.SUPERUSER, SecretValue.copyOf("wrong"));
        try (var target = alternating(wrong, false)) {
            assertRefusedUpFront(target, RotationReason.ADMIN_REFUSED);
        }
    }

    /** Who may not see when sessions began would take every session for a new one. */
    @Test
    void singleRoleNeedsToSeeWhenSessionsBegan() throws Exception {
        Servers.roles(server, prefix);
        var plan = Servers.single(server.host(), server.port(), prefix);
        try (var blind = Servers.open(plan, Servers.createRoleAdmin(server, prefix, "\"$_a\""))) {
            assertRefusedUpFront(blind, RotationReason.ADMIN_REFUSED);
        }
        server.execute("postgres", "grant pg_read_all_stats to \"" + prefix + "_admin\"");
        var admin = new Credential(prefix + "_admin", SecretValue.copyOf("admin-value"));
        try (var target = Servers.open(plan, admin);
                var _ = server.connect(prefix, prefix + "_a", Servers.FIRST)) {
            assertDone(target.inspect(live));
            assertThat(target.unused(live, Instant.now().plusSeconds(1)))
                    .isEqualTo(Outcome.waiting(RotationReason.SESSIONS_STUCK));
        }
    }

    @Test
    void missingRoleIsRefusedUnlessItMayBeMade() throws Exception {
        Servers.roles(server, prefix);
        server.execute("postgres", "drop role \"" + prefix + "_b\"");
        try (var target = alternating(Servers.superuser(server), false)) {
            assertRefusedUpFront(target, RotationReason.ROLE_MISSING);
        }
        var admin = Servers.createRoleAdmin(server, prefix, "\"$_a\"", "\"$_owner\"");
        try (var target = alternating(admin, true)) {
            assertDone(target.inspect(live));
            assertDone(target.revert(next, live)); // the way back from before it was made
            assertDone(target.apply(next));
            assertDone(target.test(next));
        }
        try (var connection = server.connect(prefix, prefix + "_b", "next-value");
                var rows = connection.createStatement().executeQuery("select current_user")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo(prefix + "_owner");
        }
    }

    @Test
    void roleThatIsNoMemberOfTheOwnerIsRefused() {
        Servers.roles(server, prefix);
        server.execute("postgres", "revoke \"" + prefix + "_owner\" from \"" + prefix + "_b\"");
        try (var target = alternating(Servers.superuser(server), false)) {
            assertRefusedUpFront(target, RotationReason.ROLE_MISSING);
        }
    }

    @Test
    void principalThatTheSpecDoesNotNameIsNeverRetired() {
        Servers.roles(server, prefix);
        server.execute("postgres", "create role \"" + prefix + "_app\" login password 'app-value'");
        try (var target = alternating(Servers.superuser(server), false);
                var app = new Credential(prefix + "_app", SecretValue.copyOf("app-value"))) {
            assertThat(target.owns(app.principal())).isFalse();
            assertDone(target.retire(app, Instant.now(), true));
            assertDone(target.test(app));
        }
    }

    @Test
    void databaseThatDoesNotExistIsAnAnswerAndNoOutage() {
        Servers.roles(server, prefix);
        server.execute("postgres", "drop database \"" + prefix + "\"");
        try (var target = alternating(Servers.superuser(server), false)) {
            assertRefusedUpFront(target, RotationReason.CURRENT_REFUSED);
            assertThat(target.retire(live, Instant.now(), false)).isInstanceOf(Outcome.Rejected.class);
        }
    }

    @Test
    void serverThatAcceptsAnyPasswordIsRefused() throws IOException {
        try (var trusting = PostgresServer.start()) {
            Servers.roles(trusting, prefix);
            Files.writeString(
                    trusting.dataDirectory().resolve("pg_hba.conf"),
                    "host all all 127.0.0.1/32 trust\nhost all all ::1/128 trust\n",
                    StandardOpenOption.TRUNCATE_EXISTING);
            trusting.execute("postgres", "select pg_reload_conf()");
            var plan = Servers.alternating(trusting.host(), trusting.port(), prefix, false);
            var before = Servers.changes(trusting, prefix);
            try (var target = Servers.open(plan, Servers.superuser(trusting))) {
                org.awaitility.Awaitility.await()
                        .untilAsserted(() -> assertThat(target.inspect(live))
                                .isEqualTo(Outcome.rejected(RotationReason.TARGET_REFUSED)));
                assertThat(Servers.changes(trusting, prefix)).isEqualTo(before);
            }
        }
    }

    @Proves("R10")
    @Test
    void blackHoledServerIsUnavailableWithinTheTimeOuts() throws IOException {
        Servers.roles(server, prefix);
        var proxy = Testbed.shared().faults().proxy(prefix, "localhost:" + server.port());
        proxy.toxics().timeout("hole-down", ToxicDirection.DOWNSTREAM, 0);
        var plan = Servers.alternating("localhost", FaultProxy.port(proxy), prefix, false);
        try (var target = Servers.open(plan, Servers.superuser(server))) {
            var begin = System.nanoTime();
            assertThat(target.inspect(live)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
            assertThat(target.apply(next)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(25));
            proxy.disable();
            assertThat(target.test(live)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
        } finally {
            proxy.delete();
        }
    }

    @Test
    void certificateIsVerifiedInFull() throws IOException {
        Servers.roles(server, prefix);
        var right = Files.readString(server.certificateAuthority());
        try (var target = tls("localhost", TlsMode.verifyFull, right)) {
            assertDone(target.inspect(live));
            assertDone(target.apply(next));
        }
        try (var target = tls("wrong-name.shop.svc", TlsMode.verifyFull, right)) {
            assertThat(target.test(live)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
        }
        try (var target = tls("localhost", TlsMode.verifyFull, null)) {
            assertThat(target.test(live)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
        }
    }

    @Test
    void certificateOfAnotherAuthorityIsRefusedAndServersMayDemandTls() throws IOException {
        try (var strict = PostgresServer.start(PostgresServer.Options.plain().withTlsRequired())) {
            Servers.roles(strict, prefix);
            Servers.roles(server, prefix);
            var strange = Files.readString(strict.certificateAuthority());
            try (var target = tls("localhost", TlsMode.verifyFull, strange)) {
                assertThat(target.test(live)).isEqualTo(Outcome.unavailable(RotationReason.TARGET_UNREACHABLE));
            }
            // A bundle with several authorities, as while one replaces another: each counts.
            var both = strange + Files.readString(server.certificateAuthority());
            try (var target = tls("localhost", TlsMode.verifyFull, both)) {
                assertDone(target.test(live));
            }
            var plain = Servers.alternating(strict.host(), strict.port(), prefix, false);
            try (var target = Servers.open(plain, Servers.superuser(strict))) {
                assertThat(target.inspect(live)).isEqualTo(Outcome.rejected(RotationReason.CURRENT_REFUSED));
            }
            var encrypted = Servers.withTls(plain, "localhost", TlsMode.require, null);
            try (var target = Servers.open(encrypted, Servers.superuser(strict))) {
                assertDone(target.inspect(live));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TlsMode.class)
    void hostAndDatabaseCannotSetOptionsOfTheDriver(TlsMode mode) {
        var plan = Servers.alternating("localhost", server.port(), "postgres?sslmode=disable&user=postgres", false);
        try (var target = Servers.open(Servers.withTls(plan, "localhost", mode, null), Servers.superuser(server));
                var superuser = Servers.superuser(server)) {
            assertThat(target.test(superuser)).isNotInstanceOf(Outcome.Done.class);
        }
    }

    private PostgresTargetRoles alternating(Credential admin, boolean create) {
        return Servers.open(Servers.alternating(server.host(), server.port(), prefix, create), admin);
    }

    private PostgresTargetRoles tls(String host, TlsMode mode, @org.jspecify.annotations.Nullable String authority) {
        var plan = Servers.alternating(host, server.port(), prefix, false);
        return Servers.open(Servers.withTls(plan, host, mode, authority), Servers.superuser(server));
    }

    /** As long as PostgreSQL takes it, in bytes; longer ones it cuts off. */
    @ParameterizedTest
    @ValueSource(strings = {" say \"so\" ", " it's \\ ", " größe 鍵 🔑 ", "\"; drop role x; -- "})
    void oddNameOfFullLengthIsAsGoodAsAnyOther(String odd) {
        Servers.roles(server, prefix);
        var name = prefix + odd;
        name += "x".repeat(63 - name.getBytes(StandardCharsets.UTF_8).length);
        server.execute(prefix, "create role \"" + name.replace("\"", "\"\"") + "\" login password 'old-value'");
        var plan = Servers.role(Servers.single(server.host(), server.port(), prefix), name);
        try (var target = Servers.open(plan, Servers.superuser(server));
                var old = new Credential(name, SecretValue.copyOf("old-value"));
                var fresh = new Credential(name, SecretValue.copyOf("new-value"))) {
            assertDone(target.inspect(old));
            assertDone(target.apply(fresh));
            assertDone(target.test(fresh));
            var applied = Instant.now();
            org.awaitility.Awaitility.await().untilAsserted(() -> assertDone(target.unused(old, applied)));
            assertThat(target.retire(old, applied, true)).isEqualTo(Outcome.done(RetirementProof.LOGIN_REFUSED));
        }
    }

    /** Before anything changes. */
    private void assertRefusedUpFront(PostgresTargetRoles target, RotationReason reason) {
        var before = Servers.changes(server, prefix);
        assertThat(target.inspect(live)).isEqualTo(Outcome.rejected(reason));
        assertThat(Servers.changes(server, prefix)).isEqualTo(before);
    }

    private static void assertDone(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
}
