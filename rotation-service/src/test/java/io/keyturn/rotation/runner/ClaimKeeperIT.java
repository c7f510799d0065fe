package io.keyturn.rotation.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import jakarta.inject.Inject;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.bed.ClaimedRow;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The claim on a run while a long command is under way; the runner of the service would take the run as soon as it may. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class ClaimKeeperIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration VALIDITY = Duration.ofSeconds(24);

    @Inject
    ClaimKeeper claims;

    @Inject
    RotationStore store;

    @Inject
    StoredRuns runs;

    private final PostgresServer postgres = Testbed.shared().postgres();
    private final ClaimedRow row = new ClaimedRow();
    private final RotationId id = row.id();

    /** What the row says about its claim. */
    private record Claim(String by, long epoch, Instant until, String phase) {}

    @AfterEach
    void forgetTheRun() {
        row.delete();
    }

    @Proves("R17")
    @Test
    void outageShorterThanTheClaimDoesNotLoseIt() {
        var run = row.insert(VALIDITY);
        var before = claim();
        var complaints = complaints();

        claims.during(run, VALIDITY, () -> {
            postgres.stopImmediately();
            try {
                await().atMost(PATIENCE).until(() -> complaints() > complaints);
            } finally {
                postgres.resume();
            }
            await().atMost(PATIENCE).until(() -> claim().until().isAfter(before.until()));
            return null;
        });

        assertThat(claim().epoch()).as("nobody else took it").isEqualTo(before.epoch());
        assertThat(claim().until()).isAfter(Instant.now());
        assertThat(complaints()).as("one for one outage").isEqualTo(complaints + 1);
    }

    @Proves("R12")
    @Test
    void whatACommandCameToIsNotWrittenWhenItsClaimWasLost() {
        var run = row.insert(VALIDITY);

        var committed = claims.during(run, Duration.ofMillis(300), () -> {
            postgres.execute(RotationBed.DATABASE, """
                    update rotation set epoch = epoch + 1, claimed_by = 'another', claimed_until = now() + interval '1 hour'
                     where id = '%s'""".formatted(id));
            var others = claim();
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> claim().equals(others));
            var failed = new RotationState.Failed(RotationReason.TARGET_REFUSED);
            return Bridge.await(() -> store.commit(
                    run, new Decision(failed, List.of(), Duration.ZERO, false), null, null, VALIDITY, null));
        });

        assertThat(committed).isEmpty();
        assertThat(claim())
                .satisfies(claim -> assertThat(claim.by()).isEqualTo("another"))
                .satisfies(claim -> assertThat(claim.phase()).isEqualTo("Requested"));
    }

    @Test
    void onlyARunThatIsNotOverMayNeedWhatItKeeps() {
        var run = row.insert(VALIDITY);
        var asked = List.of(id, new RotationId("rnobodys"));

        assertThat(runs.openAmong(asked)).containsExactly(id);
        var failed = new RotationState.Failed(RotationReason.TARGET_REFUSED);
        Bridge.await(() ->
                store.commit(run, new Decision(failed, List.of(), Duration.ZERO, false), null, null, VALIDITY, null));
        assertThat(runs.openAmong(asked)).isEmpty();
    }

    @Test
    void extensionThatFailsOnceTheCommandIsOverIsNoComplaint() throws SQLException {
        var run = row.insert(VALIDITY);
        var complaints = complaints();
        try (var connection = postgres.connect(RotationBed.DATABASE)) {
            connection.setAutoCommit(false);
            ask(connection, "select 1 from rotation where id = '" + id + "' for update");
            claims.during(run, Duration.ofMillis(300), () -> {
                await().atMost(PATIENCE).until(() -> waiting() > 0);
                return null;
            });
            ask(connection, "select count(pg_terminate_backend(pid)) " + WAITING);
            await().atMost(PATIENCE).until(() -> waiting() == 0);
            connection.rollback();
        }

        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> complaints() == complaints);
    }

    private static final String WAITING =
            "from pg_stat_activity where wait_event_type = 'Lock' and query like '%update rotation%claimed_until%'";

    private long waiting() throws SQLException {
        try (var connection = postgres.connect(RotationBed.DATABASE)) {
            return ask(connection, "select count(*) " + WAITING);
        }
    }

    private static long ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Claim claim() {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select claimed_by, epoch, claimed_until, phase from rotation where id = '" + id + "'")) {
            rows.next();
            return new Claim(
                    rows.getString(1), rows.getLong(2), rows.getTimestamp(3).toInstant(), rows.getString(4));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long complaints() {
        try (var lines = Files.lines(RotationBed.SERVICE_LOG)) {
            return lines.filter(line -> line.contains("claim is held up")).count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
