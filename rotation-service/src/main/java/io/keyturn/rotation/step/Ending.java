package io.keyturn.rotation.step;

import java.util.List;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;

/** The last step of a run: its values are forgotten, and those that others have left behind. */
@ApplicationScoped
class Ending {
    private final Stores stores;
    private final Publishers publishers;
    private final Values values;
    private final LeftBehind leftBehind;

    Ending(Stores stores, Publishers publishers, Values values, LeftBehind leftBehind) {
        this.stores = stores;
        this.publishers = publishers;
        this.values = values;
        this.leftBehind = leftBehind;
    }

    /** Forgets the values of the run and of those that are named; who else has left some behind is told, to be named next. */
    Outcome<Input> finish(RunContext context, List<RotationId> leftovers) {
        return values.discard(context)
                .then(_ -> leftovers.isEmpty() ? lookForLeftovers(context) : sweep(context, leftovers));
    }

    private Outcome<Input> lookForLeftovers(RunContext context) {
        return leftBehind
                .by(context.policy())
                .then(left -> left.isEmpty()
                        ? input(new Input.Done())
                        : isInForceEverywhere(context)
                                .then(unneeded -> input(unneeded ? new Input.LeftBehind(left) : new Input.Done())));
    }

    /**
     * In this order: what is live is what counts only once nobody can set another value any more, or make another one live. Where that
     * cannot be seen to, it is left to the check of the stored credential, which waits until the value is old.
     */
    private Outcome<Input> sweep(RunContext context, List<RotationId> leftovers) {
        return closed(context, leftovers)
                .then(closed -> isInForceEverywhere(context)
                        .then(unneeded -> unneeded ? end(context, closed) : Outcome.done(false)))
                .then(_ -> input(new Input.Done()));
    }

    /** Those that can set no value at the target any more. */
    private Outcome<List<RotationId>> closed(RunContext context, List<RotationId> leftovers) {
        return Outcome.those(
                leftovers,
                run -> withPending(context, run, true, pending -> context.withTarget(target -> target.fence(pending)))
                        .ifRejected(false));
    }

    /**
     * A run of which the database of the runs has lost all may be about to make its value live: it comes too late once the live one was
     * written anew. One write is enough for all, for each expects the version of before.
     */
    private Outcome<Boolean> end(RunContext context, List<RotationId> closed) {
        var lost = closed.stream()
                .filter(run -> leftBehind.isLost(context.policy(), run))
                .toList();
        var written = Outcome.done(false);
        for (var run : lost) {
            written = written.then(done -> done
                    ? Outcome.done(true)
                    : withPending(context, run, false, pending -> writeAnew(context, pending)));
        }
        return written.then(_ -> lost.isEmpty() ? Outcome.done(true) : isInForceEverywhere(context))
                .then(unneeded -> unneeded ? discard(context, closed) : Outcome.done(false));
    }

    private Outcome<Boolean> discard(RunContext context, List<RotationId> runs) {
        var outcome = Outcome.done();
        for (var run : runs) {
            outcome = outcome.then(_ -> stores.of(context.policy()).discard(context.policy(), run, context.fence()));
        }
        return outcome;
    }

    /** @param otherwise where the run keeps no value that was to be set */
    private Outcome<Boolean> withPending(
            RunContext context, RotationId run, boolean otherwise, Function<Credential, Outcome<Boolean>> use) {
        return stores.of(context.policy()).kept(context.policy(), run).then(kept -> {
            try {
                var pending = kept.get(Slot.PENDING);
                return pending == null ? Outcome.done(otherwise) : use.apply(pending.credential());
            } finally {
                kept.values().forEach(Kept::close);
            }
        });
    }

    /** The same live value once more, unless it is that one; whether that was done: a promotion that is on its way expects the version of before. */
    private Outcome<Boolean> writeAnew(RunContext context, Credential pending) {
        return context.withLive(
                RotationReason.STORE_CHANGED,
                live -> live.credential().sameAs(pending)
                        ? Outcome.done(false)
                        : stores.of(context.policy())
                                .restore(
                                        context.policy(),
                                        context.run().id(),
                                        pending,
                                        live.credential(),
                                        live.version()));
    }

    /**
     * A later run, of which the database has lost all too, may have made its value live and not published it yet: it goes on with what it
     * keeps when it is asked for once more.
     */
    private Outcome<Boolean> isInForceEverywhere(RunContext context) {
        return context.withTarget(target -> isInForceEverywhere(context, target));
    }

    private Outcome<Boolean> isInForceEverywhere(RunContext context, Target target) {
        return context.withLive(
                RotationReason.STORE_CHANGED,
                live -> target.test(live.credential())
                        .then(_ -> publishers.holds(context.policy(), live.credential(), target.attributes())));
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
