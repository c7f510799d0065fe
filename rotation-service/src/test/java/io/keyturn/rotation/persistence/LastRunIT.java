package io.keyturn.rotation.persistence;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import jakarta.inject.Inject;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A SecretRotation for which somebody has asked thousands of times, as anybody may. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class LastRunIT {
    private static final String UID = "asked-for-often";

    @Inject
    Mutiny.SessionFactory sessions;

    private final PostgresServer postgres = Testbed.shared().postgres();

    @AfterEach
    void forgetTheRuns() {
        postgres.execute(RotationBed.DATABASE, "delete from rotation where policy_uid = '" + UID + "'");
    }

    @Test
    void lastRunThatCountsIsFoundWithoutALookAtThoseThatWereRefused() {
        postgres.execute(
                RotationBed.DATABASE,
                insert("'counts'", "1", "'Succeeded', null", "1"),
                insert("'stale' || n", "n", "'Failed', 'STALE_REQUEST'", "5000"),
                "analyze rotation");
        long read = read();

        Optional<String> last =
                Bridge.await(() -> sessions.withSession(session -> RotationStore.lastFinished(session, UID)));

        assertThat(last).contains("counts");
        // What a backend has read it tells after a while.
        await().atMost(Duration.ofSeconds(30)).until(() -> read() > read);
        assertThat(read() - read).as("entries read").isLessThan(1000);
    }

    private static String insert(String id, String sooner, String outcome, String times) {
        return """
                insert into rotation (id, namespace, name, policy_uid, reason, phase, state, state_since, due_at, epoch,
                                      requested_at, finished_at, outcome, outcome_reason)
                select %s, 'nowhere', 'none', '%s', 'MANUAL', 'Failed', '{}', now(), now(), 1, now(),
                       now() - interval '1 hour' + %s * interval '1 millisecond', %s
                  from generate_series(1, %s) n""".formatted(id, UID, sooner, outcome, times);
    }

    /** How many entries of the indexes by which runs of a SecretRotation are found have been read so far. */
    private long read() {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select sum(idx_tup_read) from pg_stat_user_indexes
                         where indexrelname in ('rotation_last', 'rotation_history')""")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
