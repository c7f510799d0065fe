package io.keyturn.rotation.step;

import java.util.List;

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

    private Outcome<Input> sweep(RunContext context, List<RotationId> leftovers) {
        var outcome = Outcome.done();
        for (var run : leftovers) {
            outcome = outcome.then(_ -> sweep(context, run));
        }
        return outcome.then(_ -> input(new Input.Done()));
    }

    /**
     * In this order: what is live is what counts only once nobody can set another value any more. Where that cannot be seen to, it is left
     * to the check of the stored credential, which waits until the value is old.
     */
    private Outcome<Boolean> sweep(RunContext context, RotationId run) {
        return close(context, run)
                .ifRejected(false)
                .then(closed -> closed ? isInForceEverywhere(context) : Outcome.done(false))
                .then(unneeded -> unneeded
                        ? stores.of(context.policy()).discard(context.policy(), run, context.fence())
                        : Outcome.done(false));
    }

    /** A run of which the database of the runs has lost all may be about to set its value, or to make it live: it comes too late then. */
    private Outcome<Boolean> close(RunContext context, RotationId run) {
        return stores.of(context.policy()).kept(context.policy(), run).then(kept -> {
            try {
                var pending = kept.get(Slot.PENDING);
                return pending == null
                        ? Outcome.done()
                        : context.withTarget(target -> target.fence(pending.credential()))
                                .then(_ -> leftBehind.isLost(context.policy(), run)
                                        ? writeAnew(context, pending.credential())
                                        : Outcome.done());
            } finally {
                kept.values().forEach(Kept::close);
            }
        });
    }

    /** The same live value once more, unless it is that one: a promotion that is on its way expects the version of before. */
    private Outcome<Boolean> writeAnew(RunContext context, Credential pending) {
        return context.withLive(
                RotationReason.STORE_CHANGED,
                live -> live.credential().sameAs(pending)
                        ? Outcome.done()
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
