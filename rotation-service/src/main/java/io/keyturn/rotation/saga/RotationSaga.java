package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.function.Function;

import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSteered;
import io.keyturn.contract.event.Steering;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.RotationState.ValueRefused;
import org.jspecify.annotations.Nullable;

/**
 * The state machine. Pure: the same state, input and situation give the same decision. A state names the results of its own command,
 * and each kind of trouble: a new one does not compile until every state has decided. Results of other commands are refused.
 * {@code docs/reference/state-machine.md} shows every pair.
 */
public final class RotationSaga {
    private RotationSaga() {}

    /** The command a state waits for; null when the run is over. */
    public static @Nullable Command command(RotationState state) {
        return switch (state) {
            case Requested(var purpose, var _) ->
                switch (purpose) {
                    case ROTATE -> new Command.Prepare();
                    case ADOPT -> new Command.Adopt();
                    case REPAIR -> new Command.Repair();
                };
            case AwaitingApproval(), Paused _ -> new Command.Listen();
            case Generated(var change, var _) -> new Command.Apply(change);
            case ValueRefused(var change, var draw) -> new Command.Redraw(change, draw);
            case Applied a -> new Command.Test(a.change());
            case Tested t -> new Command.Promote(t.change());
            case Promoted p ->
                p.change().retirement() == Retirement.BEFORE_READERS
                        ? new Command.Retire(p.change(), p.appliedAt())
                        : new Command.Publish(p.change(), p.attempt());
            case AwaitingConsumers a -> new Command.LookAtConsumers(a.change(), a.appliedAt(), a.published());
            case ConsumersMoved m -> new Command.Retire(m.change(), m.appliedAt());
            case Retired r -> new Command.Finish(r.change(), r.leftovers());
            case Compensating c ->
                new Command.Undo(
                        c.remaining().getFirst(),
                        c.change(),
                        c.mayBePublished(),
                        c.attempt(),
                        c.failed(),
                        c.restored());
            case Succeeded _, RolledBack _, Failed _ -> null;
        };
    }

    /** What follows from the outcome of the state's command. An input that does not belong to the state is a defect. */
    public static Decision decide(RotationState state, Input input, Situation s) {
        return input instanceof Input.Aborted aborted ? aborted(state, aborted, s) : followUp(state, input, s);
    }

    /** Trouble like any other, by a name; where there is no way back any more it is not heard. */
    private static Decision aborted(RotationState state, Input.Aborted input, Situation s) {
        return switch (state) {
            case Promoted _, AwaitingConsumers _ when state.isPastReturn() -> throw unexpected(state, input);
            case Requested _,
                    AwaitingApproval _,
                    Generated _,
                    ValueRefused _,
                    Applied _,
                    Tested _,
                    Promoted _,
                    AwaitingConsumers _,
                    Paused _ ->
                followUp(state, new Input.Rejected(RotationReason.ABORTED), s)
                        .saying(new RotationSteered(s.run(), s.now(), input.by(), Steering.ABORTED));
            case ConsumersMoved _, Retired _, Compensating _, Succeeded _, RolledBack _, Failed _ ->
                throw unexpected(state, input);
        };
    }

    private static Decision followUp(RotationState state, Input input, Situation s) {
        return switch (state) {
            case Requested requested -> Introduction.requested(requested, input, s);
            case AwaitingApproval awaiting -> Interlude.awaitingApproval(awaiting, input, s);
            case Generated generated -> Introduction.generated(generated, input, s);
            case ValueRefused refused -> Introduction.valueRefused(refused, input, s);
            case Applied applied -> Introduction.applied(applied, input, s);
            case Tested tested -> Introduction.tested(tested, input, s);
            case Promoted promoted -> Rollout.promoted(promoted, input, s);
            case AwaitingConsumers awaiting -> Rollout.awaiting(awaiting, input, s);
            case ConsumersMoved moved -> Rollout.moved(moved, input, s);
            case Retired retired -> Rollout.retired(retired, input, s);
            case Paused paused -> Interlude.paused(paused, input, s);
            case Compensating compensating -> Compensation.decide(compensating, input, s);
            case Succeeded _, RolledBack _, Failed _ -> throw unexpected(state, input);
        };
    }

    /**
     * What a step forward makes of trouble.
     *
     * @param patience how long it may be made to wait
     * @param back the way back from here
     */
    static Decision stayOrTurnBack(
            RotationState state,
            Input.Trouble trouble,
            Situation s,
            Duration patience,
            Function<RotationReason, Decision> back) {
        return switch (trouble) {
            case Input.Waiting(var reason) -> againOr(state, s, patience, reason, back);
            case Input.Unavailable(var reason) -> againOr(state, s, s.limits().step(), reason, back);
            case Input.Rejected(var reason) -> Interlude.pauseOr(state, reason, s, () -> back.apply(reason));
        };
    }

    private static Decision againOr(
            RotationState state,
            Situation s,
            Duration deadline,
            RotationReason reason,
            Function<RotationReason, Decision> back) {
        return s.past(s.since(), deadline)
                ? Interlude.pauseOr(state, reason, s, () -> back.apply(reason))
                : Decision.again(state, BackOff.next(s));
    }

    static Decision failed(RotationReason reason, Situation s) {
        return Decision.to(new Failed(reason), new RotationFailed(s.run(), s.now(), reason));
    }

    static IllegalStateException unexpected(RotationState state, Input input) {
        return new IllegalStateException(input.getClass().getSimpleName() + " does not follow "
                + state.getClass().getSimpleName());
    }
}
