package io.keyturn.rotation.step;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;

/** The two values of a run: kept before anything else sees them, made once, forgotten when the live one is seen to work. */
@ApplicationScoped
class Values {
    private final Stores stores;
    private final SecretGenerator generator = new SecretGenerator(new SecureRandom());

    Values(Stores stores) {
        this.stores = stores;
    }

    /** Keeps the live value as the previous one, and the new one unless the target issues it later. */
    Outcome<Change> keep(RunContext context, Target target, Versioned live) {
        var from = live.credential().principal();
        var change = change(context, target, from, live.version());
        return context.find(Slot.PREVIOUS)
                .then(kept -> kept.isPresent() ? Outcome.done(kept.get()) : keepPrevious(context, live.credential()))
                .then(kept -> unchanged(kept, live.credential()))
                .then(_ -> switch (target) {
                    case TakingTarget taking -> generate(context, change, live.credential(), taking.successorOf(from));
                    case IssuingTarget _ -> Outcome.done(change);
                });
    }

    /**
     * It is kept first, so a new value without it is what a run of that id has left whose end was cut off, and of which the database of
     * the runs has lost all: it may be live by now, and is nothing to go on to.
     */
    private Outcome<Credential> keepPrevious(RunContext context, Credential live) {
        var store = stores.of(context.policy());
        return context.find(Slot.PENDING)
                .then(left -> left.isEmpty()
                        ? context.keep(Slot.PREVIOUS, live, 1)
                        : store.discard(context.policy(), context.run().id(), context.fence())
                                .then(_ -> Outcome.unavailable(RotationReason.CONFLICT)));
    }

    /**
     * The change that this run has begun already: the value that it keeps is live, or accepted. Then it has come further than the database
     * of the runs can tell, which has lost its last commits. Empty if not.
     */
    Outcome<Optional<Change>> takenUp(RunContext context, Target target, Versioned live) {
        return context.find(Slot.PREVIOUS)
                .then(previous -> context.find(Slot.PENDING)
                        .then(next -> previous.isEmpty()
                                        || next.isEmpty()
                                        || previous.get().sameAs(next.get())
                                ? Outcome.done(Optional.empty())
                                : isInUse(target, live.credential(), previous.get(), next.get())
                                        .then(used -> Outcome.done(
                                                used
                                                        ? Optional.of(change(
                                                                        context,
                                                                        target,
                                                                        previous.get()
                                                                                .principal(),
                                                                        live.version())
                                                                .known(next.get()
                                                                        .principal()))
                                                        : Optional.empty()))));
    }

    private static Outcome<Boolean> isInUse(Target target, Credential live, Credential previous, Credential next) {
        return live.sameAs(next)
                ? Outcome.done(true)
                : live.sameAs(previous) ? target.test(next).ifRejected(false) : Outcome.done(false);
    }

    /** Whose new principal is yet to be known. */
    private static Change change(RunContext context, Target target, String from, long version) {
        return new Change(from, null, target.owns(from), target.overlap(), version)
                .with(context.policy().retirement());
    }

    private Outcome<Change> generate(RunContext context, Change change, Credential live, String to) {
        return context.find(Slot.PENDING)
                .then(found -> found.filter(kept -> isNextTo(live, to, kept)).isPresent()
                        ? Outcome.done(true)
                        : whileNew(
                                context,
                                to,
                                fresh -> context.keepFirst(Slot.PENDING, fresh, 1)
                                        .then(_ -> isGoneBackTo(context, live))
                                        .then(_ -> {
                                            context.bench().pendingIsUnheardOf();
                                            return Outcome.done();
                                        })))
                .then(_ -> Outcome.done(change.known(to)));
    }

    /** Whether the previous value that counts is the live one: another process may have kept one just before. */
    private static Outcome<Boolean> isGoneBackTo(RunContext context, Credential live) {
        return context.withKept(
                Slot.PREVIOUS,
                previous -> previous.sameAs(live) ? Outcome.done() : Outcome.unavailable(RotationReason.CONFLICT));
    }

    /** Whoever comes too late, under an earlier claim, may have kept once more what is live by now. */
    private static boolean isNextTo(Credential live, String to, Credential kept) {
        return kept.principal().equals(to) && !kept.sameAs(live);
    }

    /** A value that was live lately is not used: another is drawn at the next try, soon. */
    private <T> Outcome<T> whileNew(RunContext context, String to, Function<Credential, Outcome<T>> use) {
        var policy = context.policy();
        try (var fresh = new Credential(to, generator.generate(policy.form()))) {
            return stores.of(policy)
                    .isNew(policy, fresh)
                    .then(isNew -> isNew ? use.apply(fresh) : Outcome.unavailable(RotationReason.CONFLICT));
        }
    }

    /** Another try may have done it already: then its value is the one to use. */
    Outcome<Input> redraw(RunContext context, Command.Redraw redraw) {
        return context.drawn(Slot.PENDING)
                .then(drawn -> drawn > redraw.draw()
                        ? Outcome.done(new Input.Done())
                        : whileNew(
                                context,
                                redraw.change().successor(),
                                fresh -> context.keepFirst(Slot.PENDING, fresh, redraw.draw() + 1)
                                        .then(_ -> Outcome.done(new Input.Done()))));
    }

    /** An earlier try may have kept a live value that somebody has replaced since: going back to it would lock everybody out. */
    private static Outcome<Boolean> unchanged(Credential kept, Credential live) {
        return kept.sameAs(live) ? Outcome.done() : Outcome.rejected(RotationReason.STORE_CHANGED);
    }

    /** The new value that the run keeps; if it keeps none yet, what the target issues, kept before anything else sees it. */
    Outcome<Credential> next(RunContext context, Target target) {
        return context.find(Slot.PENDING).then(kept -> {
            if (kept.isPresent()) {
                return Outcome.done(kept.get());
            }
            return switch (target) {
                case TakingTarget _ -> Outcome.rejected(RotationReason.STORE_CHANGED);
                case IssuingTarget issuing -> issued(context, issuing);
            };
        });
    }

    private Outcome<Credential> issued(RunContext context, IssuingTarget target) {
        return context.findNow(Slot.PENDING)
                .then(kept -> kept.isPresent()
                        ? Outcome.done(kept.get())
                        : context.withKept(
                                        Slot.PREVIOUS,
                                        previous -> isLive(context, previous)
                                                .then(_ -> target.issue(
                                                        context.run().id(), previous)))
                                .then(issued -> keepIssued(context, issued)));
    }

    /** Another process may have brought the run to its end: what it has issued is live then, and would be taken away. */
    private static Outcome<Boolean> isLive(RunContext context, Credential previous) {
        return context.withLive(RotationReason.STORE_CHANGED, live -> unchanged(previous, live.credential()));
    }

    private Outcome<Credential> keepIssued(RunContext context, Credential issued) {
        try (issued) {
            return issued.isNameable()
                    ? context.keep(Slot.PENDING, issued, 1)
                    : Outcome.rejected(RotationReason.TARGET_REFUSED);
        }
    }

    /** The values of the run are forgotten only when the live one is seen to work. */
    Outcome<Input> discard(RunContext context) {
        var policy = context.policy();
        return context.withTarget(target ->
                        context.withLive(RotationReason.STORE_CHANGED, live -> target.test(live.credential())))
                .then(_ -> stores.of(policy).discard(policy, context.run().id(), context.fence()))
                .then(_ -> Outcome.done(new Input.Done()));
    }
}
