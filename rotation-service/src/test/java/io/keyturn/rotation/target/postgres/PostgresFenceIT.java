package io.keyturn.rotation.target.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A process that was stopped for too long, and goes on when others have changed the same role. */
class PostgresFenceIT {
    private static final Outcome<Boolean> CONFLICT = Outcome.unavailable(RotationReason.CONFLICT);

    private final PostgresServer server = Servers.server();
    private final String prefix = Servers.prefix();
    private final String a = prefix + "_a";
    private final String b = prefix + "_b";
    private final Credential live = new Credential(a, SecretValue.copyOf(Servers.FIRST));

    @Proves("R12")
    @Test
    void oneRoleKeepsThePasswordOfTheLaterClaim() {
        Servers.roles(server, prefix);
        try (var stopped = single(7);
                var later = single(8);
                var old = credential(a, "old-value");
                var fresh = credential(a, "new-value")) {
            done(later.apply(fresh));

            assertThat(stopped.apply(old)).isEqualTo(CONFLICT);
            assertThat(stopped.introduce(old)).isEqualTo(CONFLICT);
            assertThat(stopped.revert(fresh, live)).isEqualTo(CONFLICT);

            done(later.test(fresh));
            done(single(9).apply(old));
        }
    }

    /** The later one has only looked: what a person sets after that is as safe from the earlier one. */
    @Proves("R12")
    @Test
    void whoFindsTheValueThatAnEarlierClaimHasSetShutsThatClaimOut() {
        Servers.roles(server, prefix);
        try (var stopped = single(7);
                var later = single(8);
                var fresh = credential(a, "new-value");
                var theirs = credential(a, "by-hand")) {
            done(stopped.apply(fresh));
            done(later.apply(fresh));
            server.execute(prefix, "alter role \"" + a + "\" password 'by-hand'");

            assertThat(stopped.apply(fresh)).isEqualTo(CONFLICT);

            done(later.test(theirs));
        }
    }

    /** The way back finds the role as it should be: what an earlier claim is about to set must not come after that look. */
    @Test
    void wayBackThatHasNothingToDoShutsEarlierClaimsOut() {
        Servers.roles(server, prefix);
        try (var stopped = single(7);
                var later = single(8);
                var failed = credential(a, "failed-value")) {
            done(later.revert(failed, live));

            assertThat(stopped.introduce(failed)).isEqualTo(CONFLICT);

            done(later.test(live));
        }
    }

    @Proves("R12")
    @Test
    void roleThatIsInUseAgainIsNotClosedAndItsSessionsStay() throws SQLException {
        Servers.roles(server, prefix);
        try (var stopped = alternating(7);
                var later = alternating(8);
                var again = credential(a, "new-value");
                var other = credential(b, "other-value")) {
            done(later.apply(again));
            try (var session = server.connect(prefix, a, "new-value")) {
                assertThat(stopped.retire(live, Instant.now(), true))
                        .isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));
                assertThat(stopped.revert(again, other)).isEqualTo(CONFLICT);

                assertThat(session.isValid(5)).isTrue();
            }
            done(later.test(again));
        }
    }

    @Proves("R12")
    @Test
    void closedRoleIsNotOpenedByAnEarlierClaim() {
        Servers.roles(server, prefix);
        try (var stopped = alternating(7);
                var later = alternating(8);
                var failed = credential(b, "failed-value")) {
            done(later.revert(failed, live));

            assertThat(stopped.introduce(failed)).isEqualTo(CONFLICT);

            assertThat(later.test(failed)).isInstanceOf(Outcome.Rejected.class);
        }
    }

    /** The lock is asked for, not only the number: both have read the same one. */
    @Test
    void changesOfOneRoleComeOneAfterTheOther() throws Exception {
        Servers.roles(server, prefix);
        try (var holder = admin();
                var later = single(8);
                var fresh = credential(a, "new-value")) {
            holder.setAutoCommit(false);
            assertThat(new RoleFence(7).raise(holder, a)).isTrue();
            var change = Thread.ofVirtual().start(() -> done(later.introduce(fresh)));
            await().until(() -> somebodyWaitsFor("advisory"));
            assertThat(server.connect(prefix, a, Servers.FIRST).isValid(5)).isTrue();

            holder.commit();

            change.join();
            done(later.test(fresh));
        }
    }

    /** The value is not refused, so that no other is drawn. */
    @Test
    void roleThatSomebodyElseIsJustCreatingIsTriedAgain() throws Exception {
        Servers.roles(server, prefix);
        server.execute(prefix, "drop role \"" + b + "\"");
        try (var holder = admin();
                var target = alternating(7, true);
                var fresh = credential(b, "new-value")) {
            createB(holder);
            var change = started(() -> target.introduce(fresh));
            await().until(() -> somebodyWaitsFor("transactionid"));

            holder.commit();

            assertThat(change.get()).isEqualTo(CONFLICT);
            done(target.introduce(fresh));
            done(target.test(fresh));
        }
    }

    /** The role is looked for once it is our turn: another process has created it. */
    @Test
    void roleThatAnotherClaimIsJustCreatingIsNotCreatedTwice() throws Exception {
        Servers.roles(server, prefix);
        server.execute(prefix, "drop role \"" + b + "\"");
        try (var holder = admin();
                var later = alternating(8, true);
                var fresh = credential(b, "new-value")) {
            createB(holder);
            assertThat(new RoleFence(7).raise(holder, b)).isTrue();
            var change = started(() -> later.introduce(fresh));
            await().until(() -> somebodyWaitsFor("advisory"));

            holder.commit();

            done(change.get());
            done(later.test(fresh));
        }
    }

    /** The number is noted where there was no role to note it at. */
    @Test
    void roleThatIsCreatedShutsEarlierClaimsOut() {
        Servers.roles(server, prefix);
        server.execute(prefix, "drop role \"" + b + "\"");
        try (var stopped = alternating(7, true);
                var later = alternating(8, true);
                var fresh = credential(b, "new-value")) {
            done(later.introduce(fresh));

            assertThat(stopped.introduce(fresh)).isEqualTo(CONFLICT);
        }
    }

    @Proves("R12")
    @Test
    void whoIsStoppedInTheMiddleOfAChangeLosesIt() throws Exception {
        Servers.roles(server, prefix);
        try (var stopped = admin();
                var later = single(8);
                var fresh = credential(a, "new-value")) {
            stopped.setAutoCommit(false);
            assertThat(new RoleFence(7).raise(stopped, a)).isTrue();
            try (var statement = stopped.createStatement()) {
                statement.execute("alter role \"" + a + "\" password 'of-the-stopped'");
            }

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> later.introduce(fresh), outcome -> outcome.equals(Outcome.done()));

            org.junit.jupiter.api.Assertions.assertThrows(SQLException.class, stopped::commit);
            done(later.test(fresh));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "made by hand", "it's \\ \"quoted\"", "two\nlines [keyturn]", "ends with a number [7]"})
    void whatPeopleWroteInTheCommentStays(String text) throws SQLException {
        Servers.roles(server, prefix);
        try (var admin = admin()) {
            comment(admin, text);
            for (long number : new long[] {7, 8, 9}) {
                assertThat(new RoleFence(number).raise(admin, a)).isTrue();
                assertThat(comment(admin)).isEqualTo((text + " [keyturn " + number + "]").strip());
            }
            assertThat(new RoleFence(8).raise(admin, a)).isFalse();
        }
    }

    /** Of a clock that was wrong, or written by hand: nobody would be let in for years. */
    @Test
    void numberFromNowhereKeepsNobodyOut() throws SQLException {
        Servers.roles(server, prefix);
        try (var admin = admin()) {
            comment(admin, "[keyturn 999999999999999999]");

            assertThat(new RoleFence(1_764_400_000_000_000L).raise(admin, a)).isTrue();

            assertThat(comment(admin)).isEqualTo("[keyturn 1764400000000000]");
        }
    }

    @Test
    void roleThatDoesNotExistHoldsNobodyUp() throws SQLException {
        try (var admin = server.connect("postgres")) {
            assertThat(new RoleFence(7).raise(admin, prefix + "_nobody")).isTrue();
        }
    }

    private PostgresTargetRoles single(long fence) {
        return Servers.open(Servers.single(server.host(), server.port(), prefix), Servers.superuser(server), fence);
    }

    private PostgresTargetRoles alternating(long fence) {
        return alternating(fence, false);
    }

    private PostgresTargetRoles alternating(long fence, boolean create) {
        return Servers.open(
                Servers.alternating(server.host(), server.port(), prefix, create), Servers.superuser(server), fence);
    }

    /** By hand, with no lock of ours. */
    private void createB(Connection holder) throws SQLException {
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("create role \"" + b + "\" nologin in role \"" + prefix + "_owner\"");
        }
    }

    private Connection admin() throws SQLException {
        // The lock is one of this database.
        return server.connect(prefix);
    }

    /** An advisory lock, or the end of another's transaction. */
    private boolean somebodyWaitsFor(String lock) throws SQLException {
        try (var admin = admin();
                var rows = admin.createStatement()
                        .executeQuery("select exists (select from pg_locks where locktype = '" + lock
                                + "' and not granted)")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    private void comment(Connection admin, String text) throws SQLException {
        try (var statement = admin.createStatement()) {
            statement.execute("comment on role \"" + a + "\" is '" + text.replace("'", "''") + "'");
        }
    }

    private String comment(Connection admin) throws SQLException {
        try (var rows = admin.createStatement()
                .executeQuery("select shobj_description('\"" + a + "\"'::regrole, 'pg_authid')")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static <T> FutureTask<T> started(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    private static Credential credential(String principal, String secret) {
        return new Credential(principal, SecretValue.copyOf(secret));
    }

    private static void done(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
}
