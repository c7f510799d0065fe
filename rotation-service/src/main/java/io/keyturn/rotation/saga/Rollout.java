package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationConsumersMoved;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRetired;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.RotationSwept;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.UndoStep.Reach;

/** The second half of the way forward: the live value reaches its readers, and when nobody is left on the old one, that dies. */
final class Rollout {
    /** By how much the clock of the API server may differ from ours where no better time is known. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);

    /** How often a value is published at most. */
    private static final int LAST_ATTEMPT = 2;

    private static final Input.Trouble EDITED = new Input.Rejected(RotationReason.PUBLICATION_CHANGED);

    private Rollout() {}

    static Decision promoted(Promoted state, Input input, Situation s) {
        return state.change().retirement() == Retirement.BEFORE_READERS
                ? closing(state, input, s)
                : publishing(state, input, s);
    }

    /** Somebody else knows the old value: it is taken away before the new one reaches its readers. */
    private static Decision closing(Promoted state, Input input, Situation s) {
        return switch (input) {
            case Input.OldRefused(var proof) ->
                Decision.to(
                        new Promoted(
                                state.change().with(Retirement.DONE),
                                state.appliedAt(),
                                state.version(),
                                state.attempt(),
                                state.first()),
                        retired(state.change(), proof, s));
            case Input.Trouble trouble -> onwards(state, trouble, s.since(), s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision publishing(Promoted state, Input input, Situation s) {
        return switch (input) {
            case Input.Written(var copies) -> {
                var published = Published.adding(state.first(), state.attempt(), copies);
                yield Decision.to(
                        new AwaitingConsumers(state.change(), state.appliedAt(), state.version(), published),
                        published(s, state.attempt(), copies));
            }
            case Input.PartlyWritten(var copies, var trouble) -> partlyWritten(state, copies, trouble, s);
            case Input.LeftAlone(var copies, var _) -> partlyWritten(state, copies, EDITED, s);
            case Input.Trouble trouble -> unpublished(state, trouble, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision unpublished(Promoted state, Input.Trouble trouble, Situation s) {
        return state.isPastReturn()
                ? onwards(state, trouble, s.since(), s)
                : RotationSaga.stayOrTurnBack(
                        state,
                        trouble,
                        s,
                        s.limits().consumers(),
                        reason -> Compensation.begin(
                                state.change(), Reach.PUBLICATIONS, reason, perhapsPublished(state)));
    }

    /** Who was there before a write is known only then, so what was written is noted before the rest is waited for. */
    private static Decision partlyWritten(Promoted state, List<Copy> copies, Input.Trouble trouble, Situation s) {
        if (copies.isEmpty()) {
            return unpublished(state, trouble, s);
        }
        var written = Published.adding(state.first(), state.attempt(), copies);
        var next = new Promoted(state.change(), state.appliedAt(), state.version(), state.attempt(), written);
        return written.tellsOfMoreThan(state.first())
                ? Decision.after(BackOff.next(s), next)
                : unpublished(next, trouble, s);
    }

    static RotationPublished published(Situation s, int attempt, List<Copy> copies) {
        return new RotationPublished(
                s.run(),
                s.now(),
                PublicationId.of(s.run().id(), attempt),
                copies.stream().map(Copy::secret).toList());
    }

    /** An attempt to publish that failed may have been carried out all the same, but not before the target knew the value. */
    private static Published perhapsPublished(Promoted state) {
        return known(
                state.change(),
                new Published(
                        state.attempt(),
                        state.appliedAt().minus(CLOCKS_DIFFER),
                        state.first() == null ? List.of() : state.first().copies()));
    }

    /** Since when the value may have had readers nobody knows where it was lost that it had any. */
    private static Published known(Change change, Published published) {
        return change.again() ? sinceEver(published.attempt()) : published;
    }

    private static Published sinceEver(int attempt) {
        return new Published(attempt, Instant.EPOCH, List.of());
    }

    static Decision awaiting(AwaitingConsumers state, Input input, Situation s) {
        return switch (input) {
            case Input.Moved(var pods) -> moved(state, s).saying(new RotationConsumersMoved(s.run(), s.now(), pods));
            case Input.Waiting(var reason) -> stillWaiting(state, reason, s);
            case Input.Unavailable(var reason) -> stillWaiting(state, reason, s);
            case Input.Rejected rejected when state.isPastReturn() -> onwards(state, rejected, s.since(), s);
            case Input.Rejected(var reason) -> turnBack(state, reason, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    private static Decision moved(AwaitingConsumers state, Situation s) {
        return state.change().retirement() == Retirement.DONE
                ? Decision.to(new Retired(state.change(), state.appliedAt(), s.now(), state.version()))
                : Decision.after(
                        s.limits().grace(),
                        new ConsumersMoved(state.change(), state.appliedAt(), s.now(), state.version()));
    }

    /** At half of the deadline the publication is stamped again, in case its restart was lost; at the deadline the run turns back. */
    private static Decision stillWaiting(AwaitingConsumers state, RotationReason reason, Situation s) {
        var published = state.published();
        if (s.past(published.deadlineFrom(), s.limits().consumers())) {
            return turnBack(state, reason, s);
        }
        boolean restartMayBeLost = reason == RotationReason.CONSUMERS_STUCK && published.attempt() < LAST_ATTEMPT;
        if (restartMayBeLost
                && s.past(published.deadlineFrom(), s.limits().consumers().dividedBy(2))) {
            return Decision.to(
                    new Promoted(state.change(), state.appliedAt(), state.version(), LAST_ATTEMPT, published));
        }
        return Decision.again(state, BackOff.next(s));
    }

    private static Decision turnBack(AwaitingConsumers state, RotationReason reason, Situation s) {
        return state.isPastReturn()
                ? RotationSaga.failed(reason, s)
                : Interlude.pauseOr(
                        state,
                        reason,
                        s,
                        () -> Compensation.begin(
                                state.change(), Reach.PUBLICATIONS, reason, known(state.change(), state.published())));
    }

    static Decision moved(ConsumersMoved state, Input input, Situation s) {
        return switch (input) {
            case Input.OldRefused(var proof) ->
                Decision.to(
                        new Retired(state.change(), state.appliedAt(), state.movedAt(), state.version()),
                        retired(state.change(), proof, s));
            // What readers hold is not what is live: they go back too. When they came nobody knows any more.
            case Input.FoundBack() ->
                Compensation.begin(
                        state.change(), Reach.PUBLICATIONS, RotationReason.STORE_CHANGED, sinceEver(LAST_ATTEMPT));
            case Input.Trouble trouble -> onwards(state, trouble, triedSince(s), s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
        };
    }

    /** The grace period is none of the time that trouble may take, and neither is what was left of one that an emergency has ended. */
    private static Instant triedSince(Situation s) {
        var graceOver = s.since().plus(s.limits().grace());
        var firstTry = s.now().minus(BackOff.total(s));
        return graceOver.isAfter(firstTry) ? graceOver : firstTry;
    }

    /** There is no way back: what lasts too long ends the run where it stands, and the new value stays in force. */
    private static Decision onwards(RotationState state, Input.Trouble trouble, Instant since, Situation s) {
        return switch (trouble) {
            // Somebody holds or took up the old value: it stays, and the run says so.
            case Input.Waiting(var reason) -> failAfter(s.limits().consumers(), state, reason, since, s);
            case Input.Unavailable _ -> Decision.again(state, BackOff.next(s));
            // What refuses now may be mended meanwhile: an API server that has just started refuses what it allows a
            // moment later.
            case Input.Rejected(var reason) -> failAfter(s.limits().step(), state, reason, since, s);
        };
    }

    private static Decision failAfter(
            Duration limit, RotationState state, RotationReason reason, Instant since, Situation s) {
        return s.past(since, limit) ? RotationSaga.failed(reason, s) : Decision.again(state, BackOff.next(s));
    }

    private static RotationRetired retired(Change change, RetirementProof proof, Situation s) {
        return new RotationRetired(s.run(), s.now(), new PrincipalName(change.from()), proof);
    }

    static Decision retired(Retired state, Input input, Situation s) {
        return switch (input) {
            case Input.Done() -> succeeded(state, s);
            // It is on record before it is done.
            case Input.LeftBehind(var runs) ->
                Decision.to(
                        new Retired(state.change(), state.appliedAt(), state.movedAt(), state.version(), runs),
                        new RotationSwept(s.run(), s.now(), runs));
            case Input.Waiting _, Input.Unavailable _ ->
                s.past(s.since(), s.limits().step()) ? succeeded(state, s) : Decision.again(state, BackOff.next(s));
            // The run is done; the pending value stays because somebody has made another one live that does not work.
            case Input.Rejected _ -> succeeded(state, s);
            case Input.Result _, Input.Word _ -> throw RotationSaga.unexpected(state, input);
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
}
