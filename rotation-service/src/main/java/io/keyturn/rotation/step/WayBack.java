package io.keyturn.rotation.step;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

/** The steps of a run that goes back: each takes away what the run may have done, and may be repeated. */
@ApplicationScoped
class WayBack {
    private final Stores stores;
    private final Publishers publishers;
    private final Consumers consumers;
    private final Values values;
    private final Publications publications;
    private final Goals goals;

    WayBack(
            Stores stores,
            Publishers publishers,
            Consumers consumers,
            Values values,
            Publications publications,
            Goals goals) {
        this.stores = stores;
        this.publishers = publishers;
        this.consumers = consumers;
        this.values = values;
        this.publications = publications;
        this.goals = goals;
    }

    Outcome<Input> undo(RunContext context, Command.Undo undo) {
        return switch (undo.step()) {
            case RESTORE_TARGET -> unlessPastReturn(context, undo, () -> revert(context));
            case RETRACT_TARGET ->
                unlessPublished(
                        context,
                        undo,
                        () -> isNotLive(context)
                                .then(_ -> isUnused(context, undo))
                                .then(_ -> revert(context)));
            case RESTORE_STORE -> unlessPastReturn(context, undo, () -> restoreStore(context, undo.change()));
            case RESTORE_PUBLICATIONS ->
                context.withKept(
                        Slot.PENDING,
                        failed -> context.withKept(
                                Slot.PREVIOUS,
                                previous -> goals.with(
                                        context,
                                        failed,
                                        previous,
                                        goal -> putInForce(context, previous, goal)
                                                .then(_ -> publications.publish(
                                                        context,
                                                        undo.change(),
                                                        goal,
                                                        undo.attempt(),
                                                        List.of(failed, previous, goal))))));
            case AWAIT_CONSUMERS -> consumersBack(context, undo.failed(), undo.restored());
            case DISCARD ->
                unlessPublished(context, undo, () -> settled(context).then(_ -> values.discard(context)));
        };
    }

    private Outcome<Input> restoreStore(RunContext context, Change change) {
        return withBoth(
                context,
                (failed, previous) -> goals.withPublished(
                                context,
                                failed,
                                previous,
                                goal -> restoreStore(context, change, failed, previous, goal))
                        .then(done -> {
                            context.bench().leaveTarget();
                            return Outcome.done(done);
                        }));
    }

    /**
     * A value that somebody else knows, and that was to die before the new one reached its readers, is as good as dead once that one is
     * live: nothing revives it.
     */
    private Outcome<Input> unlessPastReturn(RunContext context, Command.Undo undo, Supplier<Outcome<Input>> goBack) {
        if (!undo.looks() || undo.change().retirement() == Retirement.AFTER_READERS) {
            return goBack.get();
        }
        return context.find(Slot.PENDING)
                .then(next -> context.bench().live(context.policy()).then(found -> {
                    if (next.isEmpty() || found.isEmpty()) {
                        return goBack.get();
                    }
                    try (var live = found.get()) {
                        return live.credential().sameAs(next.get())
                                ? context.withTarget(target -> target.test(next.get())
                                        .ifRejected(false)
                                        .then(accepted -> accepted
                                                ? input(new Input.FoundLive(
                                                        next.get().principal(), live.version()))
                                                : goBack.get()))
                                : goBack.get();
                    }
                }));
    }

    /**
     * What somebody else has written stays; the right value may have been written by an earlier try. A store that takes nothing has
     * nothing to take back where the right value is live.
     */
    private Outcome<Input> restoreStore(
            RunContext context, Change change, Credential failed, Credential previous, Credential goal) {
        var policy = context.policy();
        return context.bench().live(policy).then(found -> {
            if (found.isEmpty()) {
                return input(new Input.Done());
            }
            try (var live = found.get()) {
                boolean isRight = live.credential().sameAs(goal);
                if (!live.credential().sameAs(failed) && live.version() != change.baseVersion()) {
                    boolean isOurs = isRight || live.credential().sameAs(previous);
                    return input(isOurs ? new Input.Done() : new Input.StoreLeftAlone());
                }
                return isInForce(context, goal).then(_ -> {
                    var restored =
                            stores.of(policy).restore(policy, context.run().id(), failed, goal, change.baseVersion());
                    return (isRight ? restored.ifRejected(true) : restored).then(_ -> input(new Input.Done()));
                });
            }
        });
    }

    /**
     * Nobody is led back to a value that is refused: this run may have retired it already, where the database of the runs has lost its last
     * commits. Nor to one that somebody is still about to retire, who came further under an earlier claim.
     */
    private static Outcome<Boolean> isInForce(RunContext context, Credential goal) {
        return context.withTarget(target -> target.fence(goal).ifRejected(true).then(_ -> target.test(goal)));
    }

    /**
     * The database of the runs may have lost that the value which is to be taken away was published: its readers come first then. Who
     * still means to publish it comes too late.
     */
    private Outcome<Input> unlessPublished(RunContext context, Command.Undo undo, Supplier<Outcome<Input>> takeAway) {
        return (undo.looks() ? isPublished(context) : Outcome.done(false))
                .then(published -> published ? input(new Input.FoundPublished()) : takeAway.get());
    }

    private Outcome<Boolean> isPublished(RunContext context) {
        return context.find(Slot.PENDING)
                .then(failed -> failed.isEmpty()
                        ? Outcome.done(false)
                        : context.withTarget(target -> publishers
                                .fence(context.policy(), context.fence())
                                .then(_ -> publishers.isHeldAnywhere(
                                        context.policy(), failed.get(), target.attributes()))));
    }

    /** Somebody may have taken it up while it was published. Who uses a principal that is a person's by now is none of ours. */
    private Outcome<Boolean> isUnused(RunContext context, Command.Undo undo) {
        return context.find(Slot.PENDING)
                .then(failed -> undo.looks() && failed.isPresent()
                        ? context.withKept(
                                Slot.PREVIOUS,
                                previous -> goals.with(
                                        context, failed.get(), previous, goal -> isUnused(context, failed.get(), goal)))
                        : Outcome.done());
    }

    private static Outcome<Boolean> isUnused(RunContext context, Credential failed, Credential goal) {
        return goal.principal().equals(failed.principal())
                ? Outcome.done()
                : context.withTarget(target -> target.unused(failed, Instant.EPOCH));
    }

    /** The last look before consumers could be shut out: a value that somebody has made live again stays. */
    private static Outcome<Boolean> isNotLive(RunContext context) {
        return context.find(Slot.PENDING)
                .then(failed -> context.bench()
                        .live(context.policy())
                        .ifRejected(Optional.empty())
                        .then(found -> {
                            if (found.isEmpty()) {
                                return Outcome.done();
                            }
                            try (var live = found.get()) {
                                return failed.filter(live.credential()::sameAs).isPresent()
                                        ? Outcome.rejected(RotationReason.STORE_CHANGED)
                                        : Outcome.done();
                            }
                        }));
    }

    private Outcome<Input> revert(RunContext context) {
        return context.withTarget(target -> own(context, target)
                .then(_ -> context.withKept(
                        Slot.PREVIOUS,
                        previous -> context.find(Slot.PENDING)
                                .then(failed -> {
                                    if (failed.isPresent()) {
                                        return goals.with(
                                                context,
                                                failed.get(),
                                                previous,
                                                goal -> failed.get().sameAs(goal)
                                                        ? Outcome.done()
                                                        : target.revert(failed.get(), goal));
                                    }
                                    return switch (target) {
                                        case TakingTarget _ -> Outcome.rejected(RotationReason.STORE_CHANGED);
                                        case IssuingTarget issuing ->
                                            issuing.withdraw(context.run().id(), previous);
                                    };
                                })
                                .then(_ -> input(new Input.Done())))));
    }

    /** A store that takes nothing any more holds up nobody whose previous value is the live one, and kept there. */
    private static Outcome<Boolean> own(RunContext context, Target target) {
        var owned = context.own(target);
        return owned instanceof Outcome.Done
                ? owned
                : context.withKept(
                        Slot.PREVIOUS,
                        previous -> context.withLive(
                                RotationReason.STORE_CHANGED,
                                live -> live.credential().sameAs(previous) ? Outcome.done() : owned));
    }

    /**
     * Somebody may have rotated by hand between a look of ours and what we did then: his value is put in force again. Without both
     * values an earlier try was past this. Whoever still means to set the failed value cannot any more, before it is deleted.
     */
    private Outcome<Boolean> settled(RunContext context) {
        return context.find(Slot.PENDING)
                .then(failed -> context.find(Slot.PREVIOUS)
                        .then(previous -> failed.isEmpty() || previous.isEmpty()
                                ? Outcome.done()
                                : context.withTarget(target ->
                                                target.fence(failed.get()).ifRejected(true))
                                        .then(_ -> goals.with(
                                                context,
                                                failed.get(),
                                                previous.get(),
                                                goal -> setIfTheirs(context, previous.get(), goal)))));
    }

    /** As {@link #isInForce}, for what may be a person's: this run may have set the previous value over it, and sets it again. */
    private static Outcome<Boolean> putInForce(RunContext context, Credential previous, Credential goal) {
        return setIfTheirs(context, previous, goal).then(_ -> isInForce(context, goal));
    }

    /** An admin who is refused keeps nobody from a value that is in force: that is looked at afterwards. */
    private static Outcome<Boolean> setIfTheirs(RunContext context, Credential previous, Credential goal) {
        return context.withTarget(target -> goal.sameAs(previous) || !target.owns(goal.principal())
                ? Outcome.done()
                : target.apply(goal).ifRejected(true));
    }

    private Outcome<Input> consumersBack(RunContext context, @Nullable Published failed, @Nullable Published restored) {
        return restored == null
                ? input(new Input.Done())
                : consumers.back(context.policy(), failed, restored).then(pods -> input(new Input.Moved(pods)));
    }

    /** What was not issued cannot have been made live. */
    private Outcome<Input> withBoth(RunContext context, BiFunction<Credential, Credential, Outcome<Input>> act) {
        return context.withTarget(target -> context.find(Slot.PENDING)
                .then(failed -> target instanceof IssuingTarget && failed.isEmpty()
                        ? input(new Input.Done())
                        : context.withKept(
                                Slot.PENDING,
                                value -> context.withKept(Slot.PREVIOUS, previous -> act.apply(value, previous)))));
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
