package io.keyturn.rotation.persistence;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Held;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.UndoStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class StateJsonTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123456Z");
    private static final Change CHANGE =
            new Change("a", "b", true, Overlap.SWITCHED, 3, List.of(0, 2), Retirement.BEFORE_READERS, false);
    private static final Published PUBLISHED = new Published(
            2,
            AT,
            List.of(new Published.Copy(ObjectRef.secret("shop", "orders-db"), AT, List.of("u0"), List.of("u1", "u2"))));

    static List<RotationState> states() {
        return List.of(
                new RotationState.Requested(Purpose.ADOPT),
                new RotationState.Requested(Purpose.ROTATE),
                new RotationState.Requested(Purpose.REPAIR),
                new RotationState.Requested(Purpose.ROTATE, new ActorName("anna")),
                new RotationState.AwaitingApproval(),
                new RotationState.Paused(new RotationState.Tested(CHANGE, AT), RotationReason.STORE_REFUSED),
                new RotationState.Generated(CHANGE),
                new RotationState.Generated(CHANGE, 2),
                new RotationState.ValueRefused(CHANGE, 2),
                new RotationState.Generated(new Change("a", null, true, Overlap.BOTH_VALID, 3)),
                new RotationState.Applied(CHANGE, AT),
                new RotationState.Applied(CHANGE.again(true), AT),
                new RotationState.Tested(CHANGE, AT),
                new RotationState.Promoted(CHANGE, AT, 4, 1, null),
                new RotationState.Promoted(CHANGE, AT, 4, 2, PUBLISHED),
                new RotationState.AwaitingConsumers(CHANGE, AT, 4, PUBLISHED),
                new RotationState.ConsumersMoved(CHANGE, AT, AT, 4),
                new RotationState.Retired(CHANGE, AT, AT, 4),
                new RotationState.Retired(CHANGE, AT, AT, 4, List.of(new RotationId("r0"))),
                new RotationState.Compensating(
                        CHANGE, RotationReason.TEST_FAILED, List.of(UndoStep.values()), true, 1, null, null),
                new RotationState.Compensating(
                        CHANGE, RotationReason.TEST_FAILED, List.of(UndoStep.DISCARD), false, 3, PUBLISHED, PUBLISHED),
                new RotationState.Succeeded("b", 4),
                new RotationState.RolledBack(RotationReason.VERIFY_FAILED),
                new RotationState.Failed(RotationReason.DELETED),
                new RotationState.Failed(RotationReason.TEST_FAILED, new Held("b", null, PUBLISHED)),
                new RotationState.Failed(RotationReason.TEST_FAILED, new Held("b", PUBLISHED, PUBLISHED)));
    }

    @ParameterizedTest
    @MethodSource("states")
    void stateSurvivesItsRow(RotationState state) {
        assertThat(StateJson.readState(StateJson.write(state))).isEqualTo(state);
    }

    @Test
    void rowThatDoesNotCountItsValuesHoldsTheFirst() {
        var state = new RotationState.Generated(CHANGE);
        var paused = new RotationState.Paused(state, RotationReason.TARGET_REFUSED);

        assertThat(StateJson.write(state)).contains(",\"draw\":1");
        assertThat(StateJson.readState(StateJson.write(state).replace(",\"draw\":1", "")))
                .isEqualTo(state);
        assertThat(StateJson.readState(StateJson.write(paused).replace(",\"draw\":1", "")))
                .isEqualTo(paused);
    }

    /** A version that does not know the field reads all other rows. */
    @Test
    void rowSaysOnlyOfAValueThatWasLiveBeforeThatItWas() {
        assertThat(StateJson.write(new RotationState.Applied(CHANGE, AT))).doesNotContain("again");
        assertThat(StateJson.write(new RotationState.Applied(CHANGE.again(true), AT)))
                .contains("\"again\":true");
    }

    @Test
    void rowThatDoesNotNameLeftoversHasNone() {
        var state = new RotationState.Retired(CHANGE, AT, AT, 4);

        assertThat(StateJson.write(state)).contains(",\"leftovers\":[]");
        assertThat(StateJson.readState(StateJson.write(state).replace(",\"leftovers\":[]", "")))
                .isEqualTo(state);
    }

    @Test
    void rowThatDoesNotSayWhoWasThereBeforeTheWriteIsReadWithCare() {
        var written = StateJson.write(new RotationState.AwaitingConsumers(CHANGE, AT, 4, PUBLISHED));
        assertThat(written).contains("\"before\":[\"u0\"],");

        var earlier = StateJson.readState(written.replace("\"before\":[\"u0\"],", "\"witnessed\":true,"));

        assertThat(((RotationState.AwaitingConsumers) earlier).published().copies())
                .singleElement()
                .satisfies(copy -> {
                    assertThat(copy.before()).isEmpty();
                    assertThat(copy.racing()).containsExactly("u1", "u2");
                });
    }

    @Test
    void rowThatDoesNotSayWhatWasPublishedBeforeKnowsNothingOfIt() {
        assertThat(StateJson.write(new RotationState.Generated(CHANGE))).contains(",\"intact\":[0,2]");
        var state = StateJson.readState(
                StateJson.write(new RotationState.Generated(CHANGE)).replace(",\"intact\":[0,2]", ""));

        assertThat(((RotationState.Generated) state).change().intact()).isEmpty();
    }

    @Test
    void rowThatDoesNotSayWhenTheOldValueDiesLetsReadersMoveFirst() {
        var state = new RotationState.Promoted(CHANGE, AT, 4, 1, null);
        var paused = new RotationState.Paused(state, RotationReason.STORE_REFUSED);
        var said = ",\"retirement\":\"BEFORE_READERS\"";

        assertThat(StateJson.write(paused)).contains(said);
        assertThat(StateJson.readState(StateJson.write(paused).replace(said, "")))
                .isEqualTo(new RotationState.Paused(
                        new RotationState.Promoted(CHANGE.with(Retirement.AFTER_READERS), AT, 4, 1, null),
                        RotationReason.STORE_REFUSED));
        assertThat(StateJson.readState(StateJson.write(state).replace(said, "")))
                .isEqualTo(new RotationState.Promoted(CHANGE.with(Retirement.AFTER_READERS), AT, 4, 1, null));
    }

    @Test
    void rowOfAVersionThatKnewNoApprovalIsRead() {
        assertThat(StateJson.readState("{\"state\":\"RotationState$Requested\",\"adopt\":false}"))
                .isEqualTo(new RotationState.Requested(Purpose.ROTATE));
    }

    @Test
    void rowOfAVersionThatKnewTwoPurposesIsRead() {
        assertThat(StateJson.readState(
                        "{\"state\":\"RotationState$Requested\",\"adopt\":true,\"approvedBy\":\"anna\"}"))
                .isEqualTo(new RotationState.Requested(Purpose.ADOPT, new ActorName("anna")));
        assertThat(StateJson.readState(
                        "{\"state\":\"RotationState$Requested\",\"adopt\":false,\"approvedBy\":\"anna\"}"))
                .isEqualTo(new RotationState.Requested(Purpose.ROTATE, new ActorName("anna")));
    }

    @Test
    void everyKindOfStateIsTriedHere() {
        assertThat(states()).extracting(s -> (Object) s.getClass()).contains((Object[])
                RotationState.class.getPermittedSubclasses());
    }

    /** Where nothing was undone, rows of this version are those of earlier ones. */
    @Test
    void whenAPublicationWasWrittenOnceMoreIsKept() {
        var secret = ObjectRef.secret("shop", "orders-db");
        var undone = awaiting(new Published.Copy(
                secret,
                AT,
                List.of(),
                List.of(),
                new Published.Copy(secret, AT.plusSeconds(9), List.of("u3"), List.of())));

        assertThat(StateJson.readState(StateJson.write(undone))).isEqualTo(undone);
        assertThat(StateJson.write(awaiting(new Published.Copy(secret, AT, List.of(), List.of()))))
                .doesNotContain("again");
    }

    private static RotationState awaiting(Published.Copy copy) {
        return new RotationState.AwaitingConsumers(CHANGE, AT, 4, new Published(1, AT, List.of(copy)));
    }
}
