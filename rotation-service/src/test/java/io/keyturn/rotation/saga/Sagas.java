package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.rotation.saga.Published.Copy;

/** States, inputs and situations for the tests of the state machine. */
final class Sagas {
    static final RunRef RUN = new RunRef(new RotationId("r1"), ObjectRef.secretRotation("shop", "orders-db"));
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Situation.Limits LIMITS = new Situation.Limits(
            Duration.ofMinutes(1),
            Duration.ofHours(3),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(72),
            3,
            false);
    /** The same where the policy says {@code onFailure: Pause}. */
    static final Situation.Limits PAUSING = new Situation.Limits(
            LIMITS.step(),
            LIMITS.target(),
            LIMITS.consumers(),
            LIMITS.grace(),
            LIMITS.approval(),
            LIMITS.draws(),
            true);

    static final RotationReason WHY = RotationReason.TARGET_REFUSED;

    private Sagas() {}

    static Change change(Overlap overlap) {
        return new Change("a", "b", true, overlap, 3);
    }

    /** The same where somebody else knows the old value. */
    static Change compromised(Overlap overlap) {
        return change(overlap).with(Retirement.BEFORE_READERS);
    }

    /** What a target that issues its credentials changes, before it has issued one. */
    static Change unissued() {
        return new Change("a", null, true, Overlap.BOTH_VALID, 3);
    }

    static Published published(int attempt) {
        return Published.of(attempt, List.of(copy("orders-db", START)));
    }

    static Copy copy(String name, Instant at, String... racing) {
        return new Copy(ObjectRef.secret("shop", name), at, List.of(), List.of(racing));
    }

    static List<RotationState> states(Overlap overlap) {
        var change = change(overlap);
        return List.of(
                new RotationState.Requested(Purpose.ROTATE),
                new RotationState.Requested(Purpose.ADOPT),
                new RotationState.Generated(change),
                new RotationState.Applied(change, START),
                new RotationState.Tested(change, START),
                new RotationState.Promoted(change, START, 4, 1, null),
                new RotationState.AwaitingConsumers(change, START, 4, published(1)),
                new RotationState.ConsumersMoved(change, START, START.plusSeconds(5), 4),
                new RotationState.Retired(change, START, START.plusSeconds(5), 4),
                new RotationState.Compensating(
                        change, WHY, List.of(UndoStep.RESTORE_STORE, UndoStep.DISCARD), true, 1, null, null),
                new RotationState.Succeeded("b", 4),
                new RotationState.RolledBack(WHY),
                new RotationState.Failed(WHY),
                new RotationState.AwaitingApproval(),
                new RotationState.Paused(new RotationState.Promoted(change, START, 4, 1, null), WHY),
                new RotationState.Paused(new RotationState.AwaitingConsumers(change, START, 4, published(1)), WHY),
                new RotationState.Requested(Purpose.REPAIR),
                new RotationState.Generated(change, 3),
                new RotationState.ValueRefused(change, 1),
                new RotationState.Retired(change, START, START.plusSeconds(5), 4, List.of(new RotationId("r0"))));
    }

    /** Each kind of input, by its name; one that is decided by its reason too has several. */
    static Map<String, Input> inputs() {
        var change = change(Overlap.BOTH_VALID);
        var copies = List.of(copy("copied", START, "u1"));
        var inputs = new LinkedHashMap<String, Input>();
        inputs.put("Adopted", new Input.Adopted("a", 3));
        inputs.put("Repaired", new Input.Repaired("a", 3, true));
        inputs.put("Prepared", new Input.Prepared(change));
        inputs.put("PreparedInVain", new Input.PreparedInVain(change, WHY));
        inputs.put("Suspended", new Input.Suspended());
        inputs.put("ApprovalNeeded", new Input.ApprovalNeeded());
        inputs.put("Approved", new Input.Approved(new ActorName("anna")));
        inputs.put("Refused", new Input.Refused(new ActorName("anna")));
        inputs.put("Resumed", new Input.Resumed(new ActorName("anna")));
        inputs.put("Hastened", new Input.Hastened());
        inputs.put("Aborted", new Input.Aborted(new ActorName("anna")));
        inputs.put("Applied", new Input.Applied("b", false));
        inputs.put("Done", new Input.Done());
        inputs.put("Promoted", new Input.Promoted(4));
        inputs.put("FoundOver", new Input.FoundOver("b", 4));
        inputs.put("FoundLive", new Input.FoundLive("b", 4));
        inputs.put("FoundPublished", new Input.FoundPublished());
        inputs.put("FoundBack", new Input.FoundBack());
        inputs.put("Written", new Input.Written(copies));
        inputs.put("PartlyWritten", new Input.PartlyWritten(copies, new Input.Waiting(WHY)));
        inputs.put("LeftAlone", new Input.LeftAlone(List.of(), copies));
        inputs.put("StoreLeftAlone", new Input.StoreLeftAlone());
        inputs.put("Moved", new Input.Moved(2));
        inputs.put("LeftBehind", new Input.LeftBehind(List.of(new RotationId("r0"))));
        inputs.put("OldRefused", new Input.OldRefused(RetirementProof.LOGIN_REFUSED));
        inputs.put("Waiting", new Input.Waiting(WHY));
        inputs.put("Waiting: CONSUMERS_STUCK", new Input.Waiting(RotationReason.CONSUMERS_STUCK));
        inputs.put("Waiting: SESSIONS_STUCK", new Input.Waiting(RotationReason.SESSIONS_STUCK));
        inputs.put("Unavailable", new Input.Unavailable(WHY));
        inputs.put("Unavailable: CONSUMERS_STUCK", new Input.Unavailable(RotationReason.CONSUMERS_STUCK));
        inputs.put("Rejected", new Input.Rejected(RotationReason.TEST_FAILED));
        inputs.put("Rejected: TARGET_REFUSED", new Input.Rejected(RotationReason.TARGET_REFUSED));
        inputs.put("Rejected: DELETED", new Input.Rejected(RotationReason.DELETED));
        return inputs;
    }

    /** What says that this step back is done. */
    static Input done(UndoStep step) {
        return switch (step) {
            case RESTORE_TARGET, RESTORE_STORE, RETRACT_TARGET, DISCARD -> new Input.Done();
            case RESTORE_PUBLICATIONS -> new Input.Written(List.of(copy("orders-db", START)));
            case AWAIT_CONSUMERS -> new Input.Moved(2);
        };
    }

    /** So long after the start of the run and of the present state. */
    /** Whoever asks for long has tried often. */
    static Situation after(Duration passed) {
        return new Situation(RUN, START.plus(passed), START, 200, LIMITS);
    }
}
