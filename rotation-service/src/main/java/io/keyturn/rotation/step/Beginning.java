package io.keyturn.rotation.step;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;

/** The first step of a run: whether it may begin, has come to its end before, or goes on with what it keeps already. */
@ApplicationScoped
class Beginning {
    private final Stores stores;
    private final Publishers publishers;
    private final Values values;
    private final NextPrincipal nextPrincipal;

    Beginning(Stores stores, Publishers publishers, Values values, NextPrincipal nextPrincipal) {
        this.stores = stores;
        this.publishers = publishers;
        this.values = values;
        this.nextPrincipal = nextPrincipal;
    }

    /** What the spec alone does not tell and can be refused is refused here, before anything is changed; then the values of the run are kept. */
    Outcome<Input> prepare(RunContext context) {
        return context.withTarget(target -> {
            var prepared = isOver(context, target)
                    .ifRejected(false)
                    .then(over -> over ? foundOver(context) : begin(context, target));
            return prepared instanceof Outcome.Rejected<Input>(var reason) ? inVain(context, target, reason) : prepared;
        });
    }

    /**
     * Whether the database of the runs has lost the whole run, and it was asked for once more: it has made its value live, and forgotten
     * it, which is the last thing it does. A previous value alone was left when the end was cut off.
     */
    private Outcome<Boolean> isOver(RunContext context, Target target) {
        return stores.of(context.policy())
                .isDone(context.policy(), context.run().id())
                .then(promoted -> promoted
                        ? context.find(Slot.PENDING)
                                .then(next -> next.isEmpty()
                                        ? Outcome.done(true)
                                        : isFromOneTooLate(context, target, next.get()))
                        : Outcome.done(false));
    }

    /** What was never live was kept by one who came too late, where nothing is left to be done for what is. */
    private Outcome<Boolean> isFromOneTooLate(RunContext context, Target target, Credential next) {
        var policy = context.policy();
        return stores.of(policy)
                .isNew(policy, next)
                .then(isNew -> isNew
                        ? context.withLive(
                                RotationReason.NOTHING_TO_ADOPT,
                                live -> publishers.holds(policy, live.credential(), target.attributes()))
                        : Outcome.done(false));
    }

    private Outcome<Input> foundOver(RunContext context) {
        return values.discard(context)
                .then(_ -> context.withLive(
                        RotationReason.STORE_CHANGED,
                        live -> input(new Input.FoundOver(live.credential().principal(), live.version()))));
    }

    /** All of it may have happened since the first look, where that is long ago. */
    private Outcome<Input> begin(RunContext context, Target target) {
        return inspectAndKeep(context, target)
                .then(change -> isOver(context, target)
                        .ifRejected(false)
                        .then(over -> over ? foundOver(context) : input(new Input.Prepared(change))));
    }

    private Outcome<Change> inspectAndKeep(RunContext context, Target target) {
        return publishers
                .inspect(context.policy())
                .then(_ -> context.withLive(
                        RotationReason.NOTHING_TO_ADOPT,
                        live -> Adoption.named(live.credential())
                                .then(_ -> begun(context, target, live))
                                .then(change -> seen(context, target, change))));
    }

    private Outcome<Change> begun(RunContext context, Target target, Versioned live) {
        var begun = target.inspect(live.credential())
                .then(_ -> target.successorIsFree(live.credential()))
                .then(_ -> nextPrincipal.isNobodys(context.policy(), target, live.credential()))
                .then(_ -> values.keep(context, target, live));
        return begun instanceof Outcome.Done
                ? begun
                : values.takenUp(context, target, live)
                        .then(before -> before.map(Outcome::done).orElse(begun));
    }

    private Outcome<Change> seen(RunContext context, Target target, Change change) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> publishers
                        .holding(context.policy(), previous, target.attributes())
                        .then(holding -> Outcome.done(change.seen(holding))));
    }

    /** An earlier try that was cut off, or this one, may have kept a value: that is not left behind. */
    private Outcome<Input> inVain(RunContext context, Target target, RotationReason reason) {
        return switch (context.find(Slot.PREVIOUS)) {
            case Outcome.Done<Optional<Credential>>(var kept)
            when kept.isPresent() -> {
                var from = kept.get().principal();
                var change = new Change(from, null, target.owns(from), target.overlap(), 0);
                yield input(new Input.PreparedInVain(change, reason));
            }
            case Outcome.Unavailable<Optional<Credential>>(var why) -> Outcome.unavailable(why);
            case Outcome.Done<Optional<Credential>> _,
                    Outcome.Waiting<Optional<Credential>> _,
                    Outcome.Rejected<Optional<Credential>> _ -> Outcome.rejected(reason);
        };
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
