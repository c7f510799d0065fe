package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationApprovalDecided;
import io.keyturn.contract.event.RotationAwaitingApproval;
import io.keyturn.contract.event.RotationPaused;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSteered;
import io.keyturn.contract.event.Steering;
import io.keyturn.contract.event.Verdict;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;

/** While a run waits for a person: before it begins, or where it met trouble. Nothing is done meanwhile. */
final class Interlude {
    /** How soon a word is heard at the latest. */
    static final Duration LISTEN = Duration.ofSeconds(10);

    private Interlude() {}

    static Decision awaitApproval(Situation s) {
        return Decision.after(LISTEN, new AwaitingApproval(), new RotationAwaitingApproval(s.run(), s.now()));
    }

    static Decision awaitingApproval(AwaitingApproval state, Input input, Situation s) {
        return switch (input) {
            case Input.Approved(var by) ->
                Decision.to(new Requested(Purpose.ROTATE, by), decided(by, Verdict.APPROVED, s));
            case Input.Refused(var by) ->
                RotationSaga.failed(RotationReason.APPROVAL_REFUSED, s).saying(decided(by, Verdict.REFUSED, s));
            case Input.Waiting _ ->
                s.past(s.since(), s.limits().approval())
                        ? RotationSaga.failed(RotationReason.APPROVAL_EXPIRED, s)
                        : Decision.again(state, LISTEN);
            // The policy wants no approval any more.
            case Input.Resumed _ -> Decision.to(new Requested(Purpose.ROTATE));
            // Nobody need decide before it could begin.
            case Input.Suspended() -> Decision.anew(state, LISTEN);
            case Input.ApprovalNeeded(), Input.Unavailable _ -> Decision.again(state, LISTEN);
            case Input.Rejected(var reason) -> RotationSaga.failed(reason, s);
            case Input.Result _, Input.Aborted _, Input.Hastened _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static RotationApprovalDecided decided(ActorName by, Verdict verdict, Situation s) {
        return new RotationApprovalDecided(s.run(), s.now(), by, verdict);
    }

    /** Instead of the way back, if the policy says so. Who stops a run has said how it goes on. */
    static Decision pauseOr(RotationState state, RotationReason reason, Situation s, Supplier<Decision> back) {
        return s.limits().pauses() && !isLastWord(reason)
                ? Decision.after(LISTEN, new Paused(state, reason), new RotationPaused(s.run(), s.now(), reason))
                : back.get();
    }

    private static boolean isLastWord(RotationReason reason) {
        return reason == RotationReason.ABORTED || reason == RotationReason.DELETED;
    }

    /** Whoever lets it go on gives it all its time again. */
    static Decision paused(Paused state, Input input, Situation s) {
        return switch (input) {
            case Input.Resumed(var by) ->
                Decision.to(resumed(state.at(), s), new RotationSteered(s.run(), s.now(), by, Steering.RESUMED));
            case Input.Rejected(var reason) when isLastWord(reason) -> RotationSaga.decide(state.at(), input, s);
            // It goes back, as it would have without the pause.
            case Input.Hastened() ->
                RotationSaga.decide(state.at(), new Input.Rejected(state.reason()), s.withoutPauses());
            case Input.Rejected _, Input.Waiting _, Input.Unavailable _, Input.Suspended _ ->
                Decision.again(state, LISTEN);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static RotationState resumed(RotationState paused, Situation s) {
        return switch (paused) {
            case AwaitingConsumers waiting ->
                new AwaitingConsumers(
                        waiting.change(),
                        waiting.appliedAt(),
                        waiting.version(),
                        waiting.published().resumed(s.now()));
            // Some of it was published before, and its readers have all their time again as well.
            case Promoted promoted
            when promoted.first() != null ->
                new Promoted(
                        promoted.change(),
                        promoted.appliedAt(),
                        promoted.version(),
                        promoted.attempt(),
                        promoted.first().resumed(s.now()));
            default -> paused;
        };
    }
}
