package io.keyturn.rotation.persistence;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.bed.ClaimedRow;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.runner.RunSignal;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Who goes first of the runs of a SecretRotation that have not begun. There is none of that name: each run ends when its turn has come. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RunOrderIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    RotationStore store;

    @Inject
    UnitOfWork unit;

    @Inject
    RunSignal signal;

    private final PostgresServer postgres = Testbed.shared().postgres();
    private final ClaimedRow first = new ClaimedRow();

    @AfterEach
    void forgetTheRuns() {
        first.delete();
    }

    @Test
    void emergencyComesBeforeARepairAndARepairBeforeWhatWasThereFirst() throws SQLException {
        var run = first.insert(PATIENCE);
        accept(RequestReason.DRIFT);
        accept(RequestReason.COMPROMISE);

        postgres.execute(RotationBed.DATABASE, give(run, "null"));

        await().atMost(PATIENCE).until(() -> ended().size() == 3);
        assertThat(ended()).containsExactly("COMPROMISE", "DRIFT", "MANUAL");
    }

    /** A claim that is not committed yet nobody sees: whoever began then would begin beside it. */
    @Test
    void repairIsNotBegunBesideARunThatIsClaimedAtThatMoment() throws Exception {
        var run = first.insert(PATIENCE);
        postgres.execute(RotationBed.DATABASE, give(run, "null, due_at = now() + interval '1 hour'"));
        try (var claiming = postgres.connect(RotationBed.DATABASE);
                var statement = claiming.createStatement()) {
            claiming.setAutoCommit(false);
            statement.execute(give(run, "now() + interval '1 hour'"));
            var asking = Thread.ofVirtual().start(() -> accept(RequestReason.DRIFT));
            await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> ended().isEmpty());
            claiming.commit();
            asking.join();
        }
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> ended().isEmpty());

        postgres.execute(RotationBed.DATABASE, give(run, "null"));

        await().atMost(PATIENCE).until(() -> ended().equals(List.of("DRIFT")));
    }

    /** Who was about to claim what has been overtaken meanwhile finds it no longer due. */
    @Test
    void whatIsOvertakenIsNotDueForAMoment() throws SQLException {
        var run = first.insert(PATIENCE);

        accept(RequestReason.DRIFT);

        assertThat(RotationBed.ask(
                        "select 'later' from rotation where id = '%s' and due_at > requested_at".formatted(run.id())))
                .containsExactly("later");
    }

    private static String give(Run run, String until) {
        return "update rotation set claimed_until = %s where id = '%s'".formatted(until, run.id());
    }

    private void accept(RequestReason reason) {
        var request = first.next(reason);
        boolean accepted = Bridge.await(() -> unit.run(work -> store.accept(work, request, 0, null)));
        assertThat(accepted).isTrue();
        signal.raise();
    }

    /** Why those that are over were asked for, in the order of their ends. */
    private List<String> ended() throws SQLException {
        return RotationBed.ask(
                "select reason from rotation where policy_uid = '%s' and finished_at is not null order by finished_at"
                        .formatted(first.id()));
    }
}
