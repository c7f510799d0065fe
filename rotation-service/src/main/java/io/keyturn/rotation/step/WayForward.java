package io.keyturn.rotation.step;

import java.time.Instant;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;

/** The steps of a run that has begun and goes as it should, to the proof that the old value is refused. */
@ApplicationScoped
class WayForward {
    private final Stores stores;
    private final Publishers publishers;
    private final Consumers consumers;
    private final HttpChecks checks;
    private final Values values;
    private final Publications publications;

    WayForward(
            Stores stores,
            Publishers publishers,
            Consumers consumers,
            HttpChecks checks,
            Values values,
            Publications publications) {
        this.stores = stores;
        this.publishers = publishers;
        this.consumers = consumers;
        this.checks = checks;
        this.values = values;
        this.publications = publications;
    }

    Outcome<Input> apply(RunContext context, Change change) {
        boolean unheardOf = context.bench().takeUnheardOf();
        return context.withTarget(target -> context.own(target)
                .then(_ -> values.next(context, target))
                .then(next -> (unheardOf && target instanceof TakingTarget taking
                                ? taking.introduce(next).then(_ -> Outcome.done(false))
                                : isLive(context, target, change, next)
                                        .then(live -> target.apply(next).then(_ -> Outcome.done(live))))
                        .then(live -> {
                            context.bench().newValueIsFenced();
                            return input(new Input.Applied(next.principal(), live));
                        })));
    }

    /** A value is let go only where nobody can set it any more, and it is not the one that works. */
    Outcome<Input> redraw(RunContext context, Command.Redraw redraw) {
        return context.withTarget(target -> context.withKept(
                Slot.PENDING,
                refused -> target.fence(refused)
                        .then(_ -> target.test(refused).ifRejected(false))
                        .then(accepted -> accepted ? taken(context, refused) : values.redraw(context, redraw))));
    }

    /** It had taken the value, and only said otherwise; or that it did so is long ago, and lost. */
    private static Outcome<Input> taken(RunContext context, Credential next) {
        return context.withLive(
                RotationReason.STORE_CHANGED,
                live -> input(
                        new Input.Applied(next.principal(), live.credential().sameAs(next))));
    }

    /**
     * Whether the new value is live or published: then this run has come further than the database of the runs can tell, which has lost
     * its last commits, of a way back as well. If not, all must be as it was: after a pause somebody else may have rotated by hand, and
     * that is seen before it is undone, wherever he has written.
     */
    private Outcome<Boolean> isLive(RunContext context, Target target, Change change, Credential next) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> context.withLive(RotationReason.STORE_CHANGED, live -> {
                    if (live.credential().sameAs(next)) {
                        return Outcome.done(true);
                    }
                    return live.credential().sameAs(previous)
                            ? isIntact(context, target, change, previous)
                                    .then(_ -> publishers.isHeldAnywhere(context.policy(), next, target.attributes()))
                            : Outcome.rejected(RotationReason.STORE_CHANGED);
                }));
    }

    private Outcome<Boolean> isIntact(RunContext context, Target target, Change change, Credential previous) {
        return publishers
                .holding(context.policy(), previous, target.attributes())
                .then(holding -> holding.containsAll(change.intact())
                        ? Outcome.done()
                        : Outcome.rejected(RotationReason.PUBLICATION_CHANGED));
    }

    Outcome<Input> test(RunContext context) {
        return context.withTarget(target -> context.withKept(Slot.PENDING, target::test))
                .then(_ -> input(new Input.Done()));
    }

    Outcome<Input> promote(RunContext context, Change change) {
        var policy = context.policy();
        return context.withKept(
                Slot.PENDING,
                next -> proven(context, next)
                        .then(_ ->
                                stores.of(policy).promote(policy, context.run().id(), next, change.baseVersion()))
                        .then(version -> {
                            context.bench().leaveTarget();
                            return input(new Input.Promoted(version));
                        }));
    }

    /** Who took the run over tests what he found, once nobody with an earlier claim can take it away any more. */
    private static Outcome<Boolean> proven(RunContext context, Credential next) {
        return context.bench().isNewValueFenced()
                ? Outcome.done()
                : context.withTarget(
                        target -> target.fence(next).ifRejected(true).then(_ -> target.test(next)));
    }

    Outcome<Input> publish(RunContext context, Command.Publish publish) {
        return context.withKept(
                Slot.PENDING,
                next -> ours(context, publish.change(), next)
                        .then(_ -> context.withKept(
                                Slot.PREVIOUS,
                                previous -> publications.publish(
                                        context, publish.change(), next, publish.attempt(), List.of(next, previous)))));
    }

    private Outcome<Boolean> ours(RunContext context, Change change, Credential next) {
        return change.retirement() == Retirement.DONE ? accepted(context, next) : held(context, next);
    }

    /**
     * Nobody is led to a value that somebody may still take away: who was on the way back when the database of the runs lost that, and
     * goes on only now. After that it is looked whether it is in force. An admin who is refused keeps nobody from a value that is.
     */
    private Outcome<Boolean> held(RunContext context, Credential next) {
        return context.bench().isNewValueFenced()
                ? Outcome.done()
                : context.withTarget(
                                target -> target.fence(next).ifRejected(true).then(_ -> inForce(context, target, next)))
                        .then(_ -> {
                            context.bench().newValueIsFenced();
                            return Outcome.done();
                        });
    }

    /** Another run may have come and gone, where the database of the runs has lost that: its value is not written over with a dead one. */
    private static Outcome<Boolean> accepted(RunContext context, Credential next) {
        return context.bench().isNewValueFenced() ? Outcome.done() : context.withTarget(target -> target.test(next));
    }

    Outcome<Input> lookAtConsumers(RunContext context, Command.LookAtConsumers look) {
        // Where the old value lies again, whoever started since the publication reads that one: pods tell nothing then.
        return context.withTarget(target -> stillPublished(context, target)
                .then(_ -> consumers.moved(context.policy(), look.published()))
                .then(pods -> released(context, target, look.change(), look.appliedAt())
                        .then(_ -> checks.pass(context.policy().checks()))
                        .then(_ -> context.withKept(
                                Slot.PENDING, next -> waitUnlessChanged(ours(context, look.change(), next))))
                        .then(_ -> input(new Input.Moved(pods)))));
    }

    /** One login that is refused sends nobody back who uses the value: it is waited for as readers are. */
    private static Outcome<Boolean> waitUnlessChanged(Outcome<Boolean> asked) {
        return asked instanceof Outcome.Rejected<Boolean>(var reason) && reason != RotationReason.STORE_CHANGED
                ? Outcome.waiting(reason)
                : asked;
    }

    private Outcome<Boolean> stillPublished(RunContext context, Target target) {
        return context.withKept(Slot.PENDING, next -> publishers.hold(context.policy(), next, target.attributes()));
    }

    /**
     * Whether nobody is logged in with the old value any more; where its sessions are to be ended with it nobody is waited for before that.
     */
    private Outcome<Boolean> released(RunContext context, Target target, Change change, Instant appliedAt) {
        boolean areToEnd = context.policy().endsSessions() && change.retirement() != Retirement.DONE;
        return change.fromIsOurs() && !areToEnd
                ? context.withKept(Slot.PREVIOUS, previous -> target.unused(previous, appliedAt))
                : Outcome.done();
    }

    /** The last look before what cannot be undone: much may have happened during the grace period. */
    Outcome<Input> retire(RunContext context, Command.Retire retire) {
        return context.withTarget(target -> context.withKept(
                        Slot.PENDING,
                        next -> isAnother(context, next)
                                .then(_ -> target.fence(next))
                                .then(_ -> fencedBeside(context, target, next))
                                .then(_ -> retire.change().retirement() == Retirement.AFTER_READERS
                                        ? inForceOrBack(context, target, next)
                                        : inForce(context, target, next)))
                .then(inForce -> inForce ? retire(context, target, retire) : input(new Input.FoundBack())));
    }

    private Outcome<Input> retire(RunContext context, Target target, Command.Retire retire) {
        var since = retire.appliedAt();
        boolean terminate = context.policy().endsSessions();
        return (retire.change().retirement() == Retirement.BEFORE_READERS
                        ? Outcome.done()
                        : stillPublished(context, target))
                .then(_ -> released(context, target, retire.change(), since))
                .then(_ -> context.withKept(
                        Slot.PREVIOUS,
                        previous -> target.retire(previous, since, terminate)
                                .then(proof -> ended(context, target, retire.change(), previous, since)
                                        .then(_ -> Outcome.done(proof)))))
                .then(proof -> input(new Input.OldRefused(proof)));
    }

    /**
     * False where the previous value is live again. Whoever was on the way back when the database of the runs lost that has made it so, or
     * a person has: readers are to have it too.
     */
    private Outcome<Boolean> inForceOrBack(RunContext context, Target target, Credential next) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> context.withLive(
                        RotationReason.STORE_CHANGED,
                        live -> live.credential().sameAs(previous)
                                ? Outcome.done(false)
                                : isInForce(target, live, next)));
    }

    /** An admin may not be allowed to end every session. Where readers still wait for the new value they come first, and this later. */
    private static Outcome<Boolean> ended(
            RunContext context, Target target, Change change, Credential previous, Instant since) {
        return change.fromIsOurs() && context.policy().endsSessions() && change.retirement() == Retirement.AFTER_READERS
                ? target.unused(previous, since)
                : Outcome.done();
    }

    /** Whatever has been lost, and whoever has kept what: the value in force is never the old one. */
    private static Outcome<Boolean> isAnother(RunContext context, Credential next) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> previous.sameAs(next) ? Outcome.rejected(RotationReason.STORE_CHANGED) : Outcome.done());
    }

    /** What is not ours nobody touches, under whatever claim. */
    private static Outcome<Boolean> fencedBeside(RunContext context, Target target, Credential next) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> previous.principal().equals(next.principal()) || !target.owns(previous.principal())
                        ? Outcome.done()
                        : target.fence(previous));
    }

    /** Whether the live value is the given one and the target accepts it; STORE_CHANGED if somebody else wrote. */
    private Outcome<Boolean> inForce(RunContext context, Target target, Credential expected) {
        return context.withLive(RotationReason.STORE_CHANGED, live -> isInForce(target, live, expected));
    }

    private static Outcome<Boolean> isInForce(Target target, Versioned live, Credential expected) {
        return live.credential().sameAs(expected)
                ? target.test(expected)
                : Outcome.rejected(RotationReason.STORE_CHANGED);
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
