package io.keyturn.rotation.runner;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.UndoStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.keyturn.rotation.runner.EndingNamespace.inEnding;
import static org.assertj.core.api.Assertions.assertThat;

class EndingNamespaceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Change CHANGE = new Change("a", "b", true, Overlap.BOTH_VALID, 3);
    private static final List<Copy> COPIES =
            List.of(new Copy(ObjectRef.secret("shop", "orders-db"), START, List.of(), List.of()));

    @ParameterizedTest
    @EnumSource
    void stepBackIsTriedForATargetThatMayBeGoneOnlyAsLongAsForOneThatRefuses(UndoStep step) {
        assertThat(inEnding(back(step), unavailable(RotationReason.TARGET_UNREACHABLE)))
                .isEqualTo(new Input.Rejected(RotationReason.TARGET_UNREACHABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"STORE_UNREACHABLE", "KUBERNETES_UNREACHABLE", "CONFLICT"})
    void whatIsNotInTheNamespaceIsWaitedFor(RotationReason reason) {
        for (var step : UndoStep.values()) {
            assertThat(inEnding(back(step), unavailable(reason))).isEqualTo(unavailable(reason));
        }
        assertThat(inEnding(moved(), unavailable(reason))).isEqualTo(unavailable(reason));
    }

    @Test
    void oldValueThatCannotBeRetiredIsWaitedForAsLongAsForReaders() {
        assertThat(inEnding(moved(), unavailable(RotationReason.TARGET_UNREACHABLE)))
                .isEqualTo(new Input.Waiting(RotationReason.TARGET_UNREACHABLE));
    }

    @Test
    void nothingIsPublishedWhereNothingCanBeMade() {
        var refused = new Input.Rejected(RotationReason.PUBLICATION_REFUSED);
        var publishing = back(UndoStep.RESTORE_PUBLICATIONS);

        assertThat(inEnding(publishing, refused)).isEqualTo(new Input.Written(List.of()));
        assertThat(inEnding(publishing, new Input.PartlyWritten(COPIES, refused)))
                .isEqualTo(new Input.Written(COPIES));
        assertThat(inEnding(back(UndoStep.RESTORE_STORE), refused)).isEqualTo(refused);
    }

    /** What an owner writes is on its way, but he may be gone. */
    @Test
    void ownerOfAPublicationIsNotWaitedForWithoutEnd() {
        var waiting = new Input.Waiting(RotationReason.PUBLICATION_CHANGED);
        var refused = new Input.Rejected(RotationReason.PUBLICATION_CHANGED);
        var publishing = back(UndoStep.RESTORE_PUBLICATIONS);

        assertThat(inEnding(publishing, waiting)).isEqualTo(refused);
        assertThat(inEnding(publishing, new Input.PartlyWritten(COPIES, waiting)))
                .isEqualTo(new Input.PartlyWritten(COPIES, refused));
        assertThat(inEnding(back(UndoStep.AWAIT_CONSUMERS), waiting)).isEqualTo(waiting);
    }

    @Test
    void otherRefusalsAreWhatTheyAre() {
        for (var step : UndoStep.values()) {
            var refused = new Input.Rejected(RotationReason.STORE_CHANGED);
            assertThat(inEnding(back(step), refused)).isEqualTo(refused);
        }
    }

    @Test
    void wayForwardIsLeftAlone() {
        var state = new RotationState.Generated(CHANGE);

        assertThat(inEnding(state, unavailable(RotationReason.TARGET_UNREACHABLE)))
                .isEqualTo(unavailable(RotationReason.TARGET_UNREACHABLE));
    }

    private static Input unavailable(RotationReason reason) {
        return new Input.Unavailable(reason);
    }

    private static RotationState moved() {
        return new ConsumersMoved(CHANGE, START, START, 4);
    }

    private static RotationState back(UndoStep step) {
        return new Compensating(CHANGE, RotationReason.DELETED, List.of(step), true, 1, null, null);
    }
}
