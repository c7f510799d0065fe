package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.UndoStep.Reach;
import org.jspecify.annotations.Nullable;

/** The way back. It is never abandoned for want of a dependency: until it is over, the pending value is kept. */
final class Compensation {
    /** Who has read the failed value from the store may still be on his way to the target for so long, where the policy lets old values live on. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(10);

    private Compensation() {}

    /** @param failed the last publication that may have been written; null for none */
    static Decision begin(Change change, Reach reach, RotationReason reason, @Nullable Published failed) {
        int attempt = failed == null ? 0 : failed.attempt();
        return Decision.to(new Compensating(
                change, reason, UndoStep.stepsFrom(reach, change.overlap()), true, attempt + 1, failed, null));
    }

    /** Of a run that never began: there is nothing to go back from, but what it keeps is not left behind. */
    static Decision discard(Change change, RotationReason reason) {
        return Decision.to(new Compensating(change, reason, List.of(UndoStep.DISCARD), false, 1, null, null));
    }

    static Decision decide(Compensating state, Input input, Situation s) {
        return switch (state.remaining().getFirst()) {
            case RESTORE_TARGET -> setBack(state, input, s);
            case RESTORE_STORE -> madeLive(state, input, s);
            case RETRACT_TARGET, DISCARD -> takenAway(state, input, s);
            case RESTORE_PUBLICATIONS -> republished(state, input, s);
            case AWAIT_CONSUMERS -> readersBack(state, input, s);
        };
    }

    /** Where the database of the runs has lost that the run was past its return already, it goes on from there. */
    private static Decision setBack(Compensating state, Input input, Situation s) {
        return input instanceof Input.FoundLive(var principal, var version) && state.mayBePublished()
                ? Decision.to(
                        new Promoted(state.change().known(principal), s.now(), version, 1, null),
                        new RotationPromoted(s.run(), s.now(), version))
                : undone(state, input, s);
    }

    /** Who has written the live value during the run has it his way, and the end tells of it. */
    private static Decision madeLive(Compensating state, Input input, Situation s) {
        return input instanceof Input.StoreLeftAlone
                ? next(state.because(RotationReason.STORE_CHANGED), s)
                : setBack(state, input, s);
    }

    /**
     * Where the database of the runs has lost that the value was published, its readers come first. Under which attempt that was it has
     * lost as well: it was the next one at most.
     */
    private static Decision takenAway(Compensating state, Input input, Situation s) {
        return switch (input) {
            case Input.FoundPublished()
            when state.mayBePublished() ->
                Decision.to(new Compensating(
                        state.change(),
                        state.reason(),
                        UndoStep.publicationsBefore(state.remaining()),
                        state.complete(),
                        state.attempt() + 2,
                        null,
                        null));
            // Somebody is logged in with it, of whom nobody knows: as long as readers have.
            case Input.Waiting(var reason)
            when reason == RotationReason.SESSIONS_STUCK ->
                giveUpAfter(s.limits().consumers().multipliedBy(2), state, s);
            default -> undone(state, input, s);
        };
    }

    private static Decision undone(Compensating state, Input input, Situation s) {
        return switch (input) {
            case Input.Done() -> next(state, s);
            case Input.Waiting _, Input.Unavailable _ -> Decision.again(state, BackOff.next(s));
            case Input.Rejected _ -> refused(state, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision republished(Compensating state, Input input, Situation s) {
        return switch (input) {
            case Input.Written(var copies) -> restored(state, copies, List.of(), s);
            // Who has edited a Secret during the run has it his way: readers of the failed value go over to his, and
            // the end tells of it.
            case Input.LeftAlone(var copies, var theirs) ->
                restored(state.because(RotationReason.PUBLICATION_CHANGED), copies, theirs, s);
            case Input.PartlyWritten(var copies, var trouble) -> partlyWritten(state, copies, trouble, s);
            case Input.Waiting _, Input.Unavailable _ -> Decision.again(state, BackOff.next(s));
            case Input.Rejected _ -> refused(state, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision restored(Compensating state, List<Copy> copies, List<Copy> theirs, Situation s) {
        var all = Stream.concat(copies.stream(), theirs.stream()).toList();
        var decision = next(with(state, Published.adding(state.restored(), state.attempt(), all)), s);
        return copies.isEmpty() ? decision : decision.saying(Rollout.published(s, state.attempt(), copies));
    }

    private static Decision readersBack(Compensating state, Input input, Situation s) {
        return switch (input) {
            // Done where nothing was published again, so that nobody can go back.
            case Input.Done _, Input.Moved _ -> next(state, s);
            // Readers get twice the usual time; then the failed value stays valid for those that still hold it.
            case Input.Waiting _ -> giveUpAfter(s.limits().consumers().multipliedBy(2), state, s);
            case Input.Unavailable _ -> Decision.again(state, BackOff.next(s));
            case Input.Rejected _ -> refused(state, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision partlyWritten(Compensating state, List<Copy> copies, Input.Trouble trouble, Situation s) {
        var written = Published.adding(state.restored(), state.attempt(), copies);
        return written.tellsOfMoreThan(state.restored())
                ? Decision.after(BackOff.next(s), with(state, written))
                : republished(with(state, written), trouble, s);
    }

    /** What refuses now may be mended meanwhile, so a refused step is tried for as long as a step forward would be. */
    private static Decision refused(Compensating state, Situation s) {
        return giveUpAfter(s.limits().step(), state, s);
    }

    private static Decision giveUpAfter(Duration limit, Compensating state, Situation s) {
        return s.past(s.since(), limit) ? next(givingUp(state), s) : Decision.again(state, BackOff.next(s));
    }

    private static Decision next(Compensating state, Situation s) {
        var rest = state.remaining().subList(1, state.remaining().size());
        if (!rest.isEmpty()) {
            return Decision.after(
                    rest.getFirst() == UndoStep.RETRACT_TARGET ? readersOfTheStore(s) : Duration.ZERO,
                    new Compensating(
                            state.change(),
                            state.reason(),
                            List.copyOf(rest),
                            state.complete(),
                            state.attempt(),
                            state.failed(),
                            state.restored()));
        }
        return state.complete()
                ? Decision.to(new RolledBack(state.reason()), new RotationRolledBack(s.run(), s.now(), state.reason()))
                : Decision.to(
                        new Failed(state.reason(), held(state)), new RotationFailed(s.run(), s.now(), state.reason()));
    }

    /** With one principal nobody is let in by a value that is not the last one, so there is nothing to spare. */
    private static @Nullable Held held(Compensating state) {
        return state.restored() == null || state.change().overlap() != Overlap.BOTH_VALID
                ? null
                : new Held(state.change().successor(), state.failed(), state.restored());
    }

    private static Duration readersOfTheStore(Situation s) {
        return s.limits().grace().compareTo(ON_THE_WAY) < 0 ? s.limits().grace() : ON_THE_WAY;
    }

    private static Compensating with(Compensating c, Published restored) {
        return new Compensating(c.change(), c.reason(), c.remaining(), c.complete(), c.attempt(), c.failed(), restored);
    }

    /**
     * Leaves the present step undone. From then on no value is taken away and none is forgotten, since the failed one may be the
     * one that is read, or kept, or accepted. A target that could not be set back accepts the failed value only: what holds that
     * value must then stay as it is too.
     */
    private static Compensating givingUp(Compensating c) {
        boolean targetStays = c.remaining().getFirst() == UndoStep.RESTORE_TARGET;
        var rest = c.remaining().stream()
                .filter(step -> step == c.remaining().getFirst()
                        || !targetStays && step != UndoStep.RETRACT_TARGET && step != UndoStep.DISCARD)
                .toList();
        return new Compensating(c.change(), c.reason(), rest, false, c.attempt(), c.failed(), c.restored());
    }
}
