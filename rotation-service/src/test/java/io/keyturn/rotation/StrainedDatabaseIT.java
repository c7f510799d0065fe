package io.keyturn.rotation;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import io.keyturn.contract.topic.Service;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The database of the runs is there, and does not do what it is asked: each run waits, goes on, and is undivided. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class StrainedDatabaseIT extends Scenario {
    private static final String ROLE = Service.ROTATION.principal();
    private static final int SOON = 2_000;

    @TestHTTPResource("/q/health/live")
    @SuppressWarnings("NullAway.Init")
    URI liveness;

    private final PostgresServer postgres = Testbed.shared().postgres();

    /** The pool wants new connections for those that it has lost, and gets none. */
    @Proves("R19")
    @Test
    void runThatFindsTooManyClientsGoesOnWhenThereAreFewer() {
        var policy = adopted(true, "retire: {after: 3s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        postgres.execute("postgres", "ALTER ROLE \"" + ROLE + "\" CONNECTION LIMIT 0");
        try {
            endSessions();
            await("it looks for a connection")
                    .atMost(PATIENCE)
                    .until(() -> count("select count(*) from pg_stat_activity where usename = '" + ROLE + "'") == 0);
            await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(8)).until(() -> !isOver());
            assertThat(shop.accepts(shop.roleA, shop.firstPassword))
                    .as("the retirement cannot be noted, so the claim cannot be had")
                    .isTrue();
        } finally {
            postgres.execute("postgres", "ALTER ROLE \"" + ROLE + "\" CONNECTION LIMIT -1");
        }

        awaitOutcome("Succeeded", run);
        assertThat(shop.liveVersion()).as("versions of the live value").isEqualTo(2);
    }

    /** Whoever asks how the service is gets an answer all the while, so no event loop stands still for a lock. */
    @Proves("R19")
    @Test
    void lockedTableHoldsUpRunsAndNoEventLoop() throws SQLException {
        var policy = adopted(true, "retire: {after: 3s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        try (var locker = postgres.connect(RotationBed.DATABASE)) {
            locker.setAutoCommit(false);
            lock(locker);
            await("somebody waits for the lock")
                    .atMost(PATIENCE)
                    .until(() -> count("select count(*) from pg_stat_activity where usename = '" + ROLE
                                    + "' and wait_event_type = 'Lock'")
                            > 0);
            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> isAnswering() && !isOver());
            locker.rollback();
        }

        awaitOutcome("Succeeded", run);
        assertThat(shop.liveVersion()).as("versions of the live value").isEqualTo(2);
    }

    /** Every second change of a run is refused by the real server, with the code of a deadlock. */
    @Proves({"R19", "I2"})
    @Test
    void runWhoseChangesEndInDeadlocksIsTriedAgainAndSucceeds() {
        var policy = adopted(true);
        postgres.execute(
                RotationBed.DATABASE, "CREATE SEQUENCE turns", "GRANT ALL ON SEQUENCE turns TO PUBLIC", """
                CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF nextval('turns') % 2 = 1 THEN
                    RAISE EXCEPTION USING errcode = 'deadlock_detected';
                  END IF;
                  RETURN new;
                END $$""", """
                CREATE TRIGGER deadlock BEFORE UPDATE ON rotation FOR EACH ROW
                WHEN (old.phase IS DISTINCT FROM new.phase) EXECUTE FUNCTION deadlock()""");
        try {
            var run = newRun();
            state(policy, run, last(policy), null);

            awaitOutcome("Succeeded", run);

            assertThat(shop.liveVersion()).as("versions of the live value").isEqualTo(2);
            assertThat(count("select last_value from turns"))
                    .as("changes that were tried")
                    .isGreaterThan(10);
        } finally {
            postgres.execute(
                    RotationBed.DATABASE,
                    "DROP TRIGGER deadlock ON rotation",
                    "DROP FUNCTION deadlock",
                    "DROP SEQUENCE turns");
        }
    }

    private void endSessions() {
        postgres.execute(
                "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
    }

    private static void lock(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("LOCK TABLE rotation IN ACCESS EXCLUSIVE MODE");
        }
    }

    private long count(String query) {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }

    private boolean isOver() {
        return "Succeeded".equals(shop.find("orders").getStatus().phase());
    }

    private boolean isAnswering() throws IOException {
        var connection = (HttpURLConnection) liveness.toURL().openConnection();
        connection.setConnectTimeout(SOON);
        connection.setReadTimeout(SOON);
        try {
            return connection.getResponseCode() == 200;
        } finally {
            connection.disconnect();
        }
    }
}
