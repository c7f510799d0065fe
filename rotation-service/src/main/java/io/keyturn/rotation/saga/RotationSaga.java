package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationAdopted;
import io.keyturn.contract.event.RotationApplied;
import io.keyturn.contract.event.RotationConsumersMoved;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationGenerated;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRetired;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.UndoStep.Reach;
import org.jspecify.annotations.Nullable;

/** The state machine. Pure: the same state, input and situation give the same decision. */
public final class RotationSaga {
    /** By how much the clock of the API server may differ from ours where no better time is known. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);

    /** How soon the end of a suspension is seen. */
    private static final Duration SUSPENDED = Duration.ofSeconds(10);

    private RotationSaga() {}

    /** The command a state waits for; null when the run is over. */
    public static @Nullable Command command(RotationState state) {
        return switch (state) {
            case Requested(var adopt) -> adopt ? new Command.Adopt() : new Command.Prepare();
            case Generated(var change) -> new Command.Apply(change);
            case Applied a -> new Command.Test(a.change());
            case Tested t -> new Command.Promote(t.change());
            case Promoted p -> new Command.Publish(p.change(), p.attempt());
            case AwaitingConsumers a -> new Command.LookAtConsumers(a.change(), a.appliedAt(), a.published());
            case ConsumersMoved m -> new Command.Retire(m.change(), m.appliedAt());
            case Retired r -> new Command.Finish(r.change());
            case Compensating c ->
                new Command.Undo(c.remaining().getFirst(), c.change(), c.attempt(), c.failed(), c.restored());
            case Succeeded _, RolledBack _, Failed _ -> null;
        };
    }

    /** What follows from the outcome of the state's command. An input that does not belong to the state is a defect. */
    public static Decision decide(RotationState state, Input input, Situation s) {
        return switch (state) {
            case Requested requested -> requested(requested, input, s);
            case Generated generated -> generated(generated, input, s);
            case Applied applied -> applied(applied, input, s);
            case Tested tested -> tested(tested, input, s);
            case Promoted promoted -> promoted(promoted, input, s);
            case AwaitingConsumers awaiting -> awaiting(awaiting, input, s);
            case ConsumersMoved moved -> moved(moved, input, s);
            case Retired retired -> retired(retired, input, s);
            case Compensating compensating -> Compensation.decide(compensating, input, s);
            case Succeeded _, RolledBack _, Failed _ -> throw unexpected(state, input);
        };
    }

    private static Decision requested(Requested state, Input input, Situation s) {
        return switch (input) {
            case Input.Adopted(var principal, var version)
            when state.adopt() ->
                Decision.to(
                        new Succeeded(principal, version),
                        new RotationAdopted(s.run(), s.now(), new PrincipalName(principal), version),
                        new RotationSucceeded(s.run(), s.now(), null));
            case Input.Prepared(var change)
            when !state.adopt() ->
                // A target that issues its credentials has not done so yet.
                change.to() == null
                        ? Decision.to(new Generated(change))
                        : Decision.to(
                                new Generated(change),
                                new RotationGenerated(s.run(), s.now(), new PrincipalName(change.to()), 1));
            case Input.PreparedInVain(var change, var reason)
            when !state.adopt() -> Compensation.discard(change, reason);
            case Input.Suspended() -> Decision.again(state, SUSPENDED);
            case Input.Rejected(var reason) -> failed(reason, s);
            case Input.Waiting(var reason) -> againOr(state, s, () -> failed(reason, s));
            case Input.Unavailable(var reason) -> againOr(state, s, () -> failed(reason, s));
            default -> throw unexpected(state, input);
        };
    }

    private static Decision generated(Generated state, Input input, Situation s) {
        var change = state.change();
        return switch (input) {
            case Input.Applied(var principal) ->
                Decision.to(
                        new Applied(change.known(principal), s.now()),
                        new RotationApplied(s.run(), s.now(), new PrincipalName(principal), 1));
            default -> stayOrTurnBack(state, input, s, s.limits().target(), back(change, Reach.TARGET));
        };
    }

    private static Decision applied(Applied state, Input input, Situation s) {
        var change = state.change();
        return switch (input) {
            case Input.Done() ->
                Decision.to(
                        new Tested(change, state.appliedAt()),
                        new RotationTested(s.run(), s.now(), new PrincipalName(change.successor())));
            default -> stayOrTurnBack(state, input, s, s.limits().step(), back(change, Reach.TARGET));
        };
    }

    private static Decision tested(Tested state, Input input, Situation s) {
        return switch (input) {
            case Input.Promoted(var version) ->
                Decision.to(
                        new Promoted(state.change(), state.appliedAt(), version, 1, null),
                        new RotationPromoted(s.run(), s.now(), version));
            default -> stayOrTurnBack(state, input, s, s.limits().step(), back(state.change(), Reach.STORE));
        };
    }

    private static Decision promoted(Promoted state, Input input, Situation s) {
        return switch (input) {
            case Input.Written(var copies) -> {
                var published = Published.adding(state.first(), state.attempt(), copies);
                yield Decision.to(
                        new AwaitingConsumers(state.change(), state.appliedAt(), state.version(), published),
                        published(s, state.attempt(), copies));
            }
            case Input.PartlyWritten(var copies, var trouble) -> partlyWritten(state, copies, trouble, s);
            default ->
                stayOrTurnBack(
                        state,
                        input,
                        s,
                        s.limits().consumers(),
                        reason -> Compensation.begin(
                                state.change(), Reach.PUBLICATIONS, reason, perhapsPublished(state)));
        };
    }

    /** Who was there before a write is known only then, so what was written is noted before the rest is waited for. */
    private static Decision partlyWritten(Promoted state, List<Copy> copies, Input trouble, Situation s) {
        var written = Published.adding(state.first(), state.attempt(), copies);
        return state.first() != null && written.copies().equals(state.first().copies())
                ? promoted(state, trouble, s)
                : Decision.after(
                        backOff(s),
                        new Promoted(state.change(), state.appliedAt(), state.version(), state.attempt(), written));
    }

    static RotationPublished published(Situation s, int attempt, List<Copy> copies) {
        return new RotationPublished(
                s.run(),
                s.now(),
                PublicationId.of(s.run().id(), attempt),
                copies.stream().map(Copy::secret).toList());
    }

    private static Decision awaiting(AwaitingConsumers state, Input input, Situation s) {
        var published = state.published();
        return switch (input) {
            case Input.Moved(var pods) ->
                Decision.after(
                        s.limits().grace(),
                        new ConsumersMoved(state.change(), state.appliedAt(), s.now(), state.version()),
                        new RotationConsumersMoved(s.run(), s.now(), pods));
            case Input.Waiting(var reason) -> stillWaiting(state, reason, s);
            case Input.Unavailable(var reason) -> stillWaiting(state, reason, s);
            case Input.Rejected(var reason) ->
                Compensation.begin(state.change(), Reach.PUBLICATIONS, reason, published);
            default -> throw unexpected(state, input);
        };
    }

    /** At half of the deadline the publication is stamped again, in case its restart was lost; at the deadline the run turns back. */
    private static Decision stillWaiting(AwaitingConsumers state, RotationReason reason, Situation s) {
        var published = state.published();
        if (s.past(published.at(), s.limits().consumers())) {
            return Compensation.begin(state.change(), Reach.PUBLICATIONS, reason, published);
        }
        boolean restartMayBeLost = reason == RotationReason.CONSUMERS_STUCK && published.attempt() == 1;
        if (restartMayBeLost && s.past(published.at(), s.limits().consumers().dividedBy(2))) {
            return Decision.to(new Promoted(state.change(), state.appliedAt(), state.version(), 2, published));
        }
        return Decision.again(state, backOff(s));
    }

    private static Decision moved(ConsumersMoved state, Input input, Situation s) {
        return switch (input) {
            case Input.OldRefused(var proof) ->
                Decision.to(
                        new Retired(state.change(), state.appliedAt(), state.movedAt(), state.version()),
                        new RotationRetired(
                                s.run(),
                                s.now(),
                                new PrincipalName(state.change().from()),
                                proof));
            case Input.Rejected(var reason) -> failed(reason, s);
            // Somebody took the old value up again during the grace period: it stays, and the run says so.
            case Input.Waiting(var reason) ->
                s.past(s.since().plus(s.limits().grace()), s.limits().consumers())
                        ? failed(reason, s)
                        : Decision.again(state, backOff(s));
            case Input.Unavailable _ -> Decision.again(state, backOff(s));
            default -> throw unexpected(state, input);
        };
    }

    private static Decision retired(Retired state, Input input, Situation s) {
        return switch (input) {
            case Input.Done() -> succeeded(state, s);
            // The run is done; the pending value stays because somebody has made another one live that does not work.
            case Input.Rejected _ -> succeeded(state, s);
            case Input.Waiting _, Input.Unavailable _ -> againOr(state, s, () -> succeeded(state, s));
            default -> throw unexpected(state, input);
        };
    }

    private static Decision succeeded(Retired state, Situation s) {
        var window = state.change().overlap() == Overlap.SWITCHED
                ? Long.valueOf(
                        Duration.between(state.appliedAt(), state.movedAt()).toMillis())
                : null;
        return Decision.to(
                new Succeeded(state.change().successor(), state.version()),
                new RotationSucceeded(s.run(), s.now(), window));
    }

    /** An attempt to publish that failed may have been carried out all the same, but not before the target knew the value. */
    private static Published perhapsPublished(Promoted state) {
        var earliest = state.appliedAt().minus(CLOCKS_DIFFER);
        return new Published(
                state.attempt(),
                earliest,
                state.first() == null ? List.of() : state.first().copies());
    }

    private static Function<RotationReason, Decision> back(Change change, Reach reach) {
        return reason -> Compensation.begin(change, reach, reason, null);
    }

    /**
     * @param patience how long it may be made to wait
     * @param back the way back from here
     */
    private static Decision stayOrTurnBack(
            RotationState state, Input input, Situation s, Duration patience, Function<RotationReason, Decision> back) {
        return switch (input) {
            case Input.Rejected(var reason) -> back.apply(reason);
            case Input.Waiting(var reason) ->
                s.past(s.since(), patience) ? back.apply(reason) : Decision.again(state, backOff(s));
            case Input.Unavailable(var reason) -> againOr(state, s, () -> back.apply(reason));
            default -> throw unexpected(state, input);
        };
    }

    private static Decision againOr(RotationState state, Situation s, Supplier<Decision> atDeadline) {
        return s.past(s.since(), s.limits().step()) ? atDeadline.get() : Decision.again(state, backOff(s));
    }

    private static Decision failed(RotationReason reason, Situation s) {
        return Decision.to(new Failed(reason), new RotationFailed(s.run(), s.now(), reason));
    }

    /** 0.5 s, doubling to at most 15 s. Events wake a waiting run earlier. */
    static Duration backOff(Situation s) {
        return Duration.ofMillis(Math.min(15_000, 500L << Math.min(s.tries(), 5)));
    }

    static IllegalStateException unexpected(RotationState state, Input input) {
        return new IllegalStateException(input.getClass().getSimpleName() + " does not follow "
                + state.getClass().getSimpleName());
    }
}
