package io.keyturn.rotation.persistence;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import jakarta.inject.Inject;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.bed.ClaimedRow;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.UndoStep;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What comes for a run, or because of it, while it waits: an emergency that is asked for while a command of the run before it is under
 * way, which knows nothing of it; reports and words.
 */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class HastenedRunIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration VALIDITY = Duration.ofMinutes(1);
    private static final Change CHANGE = new Change("a", "b", true, Overlap.BOTH_VALID, 3);

    @Inject
    RotationStore store;

    @Inject
    UnitOfWork unit;

    private final PostgresServer postgres = Testbed.shared().postgres();
    private final ClaimedRow row = new ClaimedRow();

    @AfterEach
    void forgetTheRuns() {
        row.delete();
    }

    @Test
    void leavesItNoGracePeriod() {
        var run = row.insert(VALIDITY);
        accept(RequestReason.COMPROMISE);
        move(run);
        await().atMost(PATIENCE).until(this::isDueSoon);
    }

    /** It was hastened in mid-command: nobody looks for it again. */
    @Test
    void leavesItNoGracePeriodEitherWhereItCameBeforeTheReadersHadMoved() {
        var run = row.insert(VALIDITY);
        postgres.execute(RotationBed.DATABASE, "update rotation set hastened = true where id = '" + row.id() + "'");
        move(run);
        assertThat(isDueSoon()).isTrue();
    }

    @Test
    void anyOtherRequestDoes() {
        var run = row.insert(VALIDITY);
        accept(RequestReason.MANUAL);
        move(run);
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> !isDueSoon());
    }

    @Test
    void reportsAndWordsDoNotCutShortTheMomentOfWhoHasJustReadTheFailedValue() {
        var run = row.insert(VALIDITY);
        commit(run, goingBack(UndoStep.RETRACT_TARGET));

        assertThat(isHastenedByAReport()).isFalse();
        assertThat(isHastenedByAWord()).isFalse();
        assertThat(isDueSoon()).isFalse();
    }

    @Test
    void reportsAndWordsHastenWhoWaitsForReadersToGoBack() {
        var run = row.insert(VALIDITY);
        commit(run, goingBack(UndoStep.AWAIT_CONSUMERS));

        assertThat(isHastenedByAWord()).isTrue();
        assertThat(isHastenedByAReport()).isTrue();
        assertThat(isDueSoon()).isTrue();
    }

    private boolean isHastenedByAReport() {
        return Bridge.await(() -> unit.run(work -> store.wake(work, row.id())));
    }

    private boolean isHastenedByAWord() {
        return Bridge.await(() -> store.heard(row.id().value()));
    }

    private static RotationState goingBack(UndoStep step) {
        return new RotationState.Compensating(
                CHANGE, RotationReason.TEST_FAILED, List.of(step, UndoStep.DISCARD), true, 1, null, null);
    }

    private void accept(RequestReason reason) {
        var request = row.next(reason);
        boolean accepted = Bridge.await(() -> unit.run(work -> store.accept(work, request, 0, null)));
        assertThat(accepted).isTrue();
    }

    private void move(Run run) {
        commit(run, new RotationState.ConsumersMoved(CHANGE, Instant.now(), Instant.now(), 4));
    }

    private void commit(Run run, RotationState next) {
        var decision = new Decision(next, List.of(), Duration.ofHours(1), false);
        Optional<Run> committed = Bridge.await(() -> store.commit(run, decision, null, null, VALIDITY, null));
        assertThat(committed).isPresent();
    }

    private boolean isDueSoon() {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select due_at < now() + interval '10 minutes' from rotation where id = '%s'"
                                .formatted(row.id()))) {
            rows.next();
            return rows.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
