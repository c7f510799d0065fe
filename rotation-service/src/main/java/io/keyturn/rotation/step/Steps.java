package io.keyturn.rotation.step;

import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.consumer.ConsumerView;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.credential.SecretGenerator;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.IssuingTarget;
import io.keyturn.rotation.target.TakingTarget;
import io.keyturn.rotation.target.Target;
import org.jspecify.annotations.Nullable;

/** Carries commands out. Blocking; every command looks first, so each may be repeated after a crash or a lost answer. */
@ApplicationScoped
public class Steps {
    private final Targets targets;
    private final Stores stores;
    private final Publishers publishers;
    private final ConsumerView consumers;
    private final HttpChecks checks;
    private final Adoption adoption;
    private final SecretGenerator generator = new SecretGenerator();

    Steps(
            Targets targets,
            Stores stores,
            Publishers publishers,
            ConsumerView consumers,
            HttpChecks checks,
            Adoption adoption) {
        this.targets = targets;
        this.stores = stores;
        this.publishers = publishers;
        this.consumers = consumers;
        this.checks = checks;
        this.adoption = adoption;
    }

    /** A workbench for a run that is to be driven; the caller closes it. */
    public Workbench bench() {
        return new Workbench(targets, stores);
    }

    /** What came of the command, as the state machine hears it. */
    public Input carryOut(Command command, RunContext context) {
        var outcome = switch (command) {
            case Command.Adopt() ->
                adoption.adopt(context).then(live -> input(new Input.Adopted(live.principal(), live.version())));
            case Command.Prepare() -> prepare(context).then(change -> input(new Input.Prepared(change)));
            case Command.Apply _ -> apply(context);
            case Command.Test _ -> onTarget(context, Target::test);
            case Command.Promote(var change) -> promote(context, change);
            case Command.Publish p -> publish(context, Slot.PENDING, p.attempt());
            case Command.LookAtConsumers look -> lookAtConsumers(context, look);
            case Command.Retire retire -> retire(context, retire);
            case Command.Finish _ -> discard(context);
            case Command.Undo undo -> undo(context, undo);
        };
        if (!(outcome instanceof Outcome.Done)) {
            // What is at hand may be what is wrong.
            context.bench().close();
        }
        return switch (outcome) {
            case Outcome.Done<Input>(var input) -> input;
            case Outcome.Waiting<Input>(var reason) -> new Input.Waiting(reason);
            case Outcome.Unavailable<Input>(var reason) -> new Input.Unavailable(reason);
            case Outcome.Rejected<Input>(var reason) -> new Input.Rejected(reason);
        };
    }

    /** Everything that can be refused is refused here, before anything is changed; then the values of the run are kept. */
    private Outcome<Change> prepare(RunContext context) {
        var policy = context.policy();
        return context.withTarget(target -> checks.allowed(policy.checks())
                .then(_ -> publishers.inspect(policy))
                .then(_ -> withLive(
                        policy,
                        RotationReason.NOTHING_TO_ADOPT,
                        live -> Adoption.named(live.credential())
                                .then(_ -> target.inspect(live.credential()))
                                .then(_ -> target.successorIsFree(live.credential()))
                                .then(_ -> keepValues(context, target, live)))));
    }

    /** Lends the live value of the store and wipes it afterwards. */
    private <T> Outcome<T> withLive(RotationPolicy policy, RotationReason ifNone, Function<Versioned, Outcome<T>> use) {
        return stores.of(policy).live(policy).then(found -> {
            if (found.isEmpty()) {
                return Outcome.rejected(ifNone);
            }
            try (var live = found.get()) {
                return use.apply(live);
            }
        });
    }

    private Outcome<Change> keepValues(RunContext context, Target target, Versioned live) {
        var policy = context.policy();
        var from = live.credential().principal();
        var change = new Change(from, null, target.owns(from), target.overlap(), live.version());
        return stores.of(policy)
                .keep(policy, context.run().id(), Slot.PREVIOUS, live.credential())
                .then(kept -> {
                    context.bench().put(Slot.PREVIOUS, kept);
                    return unchanged(kept, live.credential());
                })
                .then(_ -> switch (target) {
                    case TakingTarget taking -> generate(context, change, taking.successorOf(from));
                    case IssuingTarget _ -> Outcome.done(change);
                });
    }

    private Outcome<Change> generate(RunContext context, Change change, String to) {
        var policy = context.policy();
        var bench = context.bench();
        try (var fresh = new Credential(to, generator.generate(policy.alphabet(), policy.length()))) {
            return stores.of(policy)
                    .keep(policy, context.run().id(), Slot.PENDING, fresh)
                    .then(kept -> {
                        bench.put(Slot.PENDING, kept);
                        if (kept.sameAs(fresh)) {
                            bench.pendingIsUnheardOf();
                        }
                        return Outcome.done(change.known(to));
                    });
        }
    }

    /** An earlier try may have kept a live value that somebody has replaced since: going back to it would lock everybody out. */
    private static Outcome<Boolean> unchanged(Credential kept, Credential live) {
        return kept.sameAs(live) ? Outcome.done() : Outcome.rejected(RotationReason.STORE_CHANGED);
    }

    private Outcome<Input> apply(RunContext context) {
        boolean unheardOf = context.bench().takeUnheardOf();
        return context.withTarget(target -> next(context, target)
                .then(next -> (unheardOf && target instanceof TakingTarget taking
                                ? taking.introduce(next)
                                : target.apply(next))
                        .then(_ -> input(new Input.Applied(next.principal())))));
    }

    /** The new value that the run keeps; if it keeps none yet, what the target issues, kept before anything else sees it. */
    private Outcome<Credential> next(RunContext context, Target target) {
        return context.find(Slot.PENDING).then(kept -> {
            if (kept.isPresent()) {
                return Outcome.done(kept.get());
            }
            return switch (target) {
                case TakingTarget _ -> Outcome.rejected(RotationReason.STORE_CHANGED);
                case IssuingTarget issuing ->
                    context.withKept(
                                    Slot.PREVIOUS,
                                    previous -> issuing.issue(context.run().id(), previous))
                            .then(issued -> keepIssued(context, issued));
            };
        });
    }

    private Outcome<Credential> keepIssued(RunContext context, Credential issued) {
        var policy = context.policy();
        try (issued) {
            if (!issued.isNameable()) {
                return Outcome.rejected(RotationReason.TARGET_REFUSED);
            }
            return stores.of(policy)
                    .keep(policy, context.run().id(), Slot.PENDING, issued)
                    .then(kept -> {
                        context.bench().put(Slot.PENDING, kept);
                        return Outcome.done(kept);
                    });
        }
    }

    private Outcome<Input> promote(RunContext context, Change change) {
        var policy = context.policy();
        return context.withKept(
                Slot.PENDING,
                next -> stores.of(policy)
                        .promote(policy, context.run().id(), next, change.baseVersion())
                        .then(version -> {
                            context.bench().leaveTarget();
                            return input(new Input.Promoted(version));
                        }));
    }

    private Outcome<Input> publish(RunContext context, Slot slot, int attempt) {
        var policy = context.policy();
        var id = new PublicationId(context.run().id() + "." + attempt);
        return context.withTarget(target -> context.withKept(
                slot,
                // Who is there is asked last, so that hardly anybody can come between the question and the
                // write.
                credential -> consumers.youngReaders(policy).then(racing -> {
                    var outcomes =
                            publishers.publish(policy, credential, target.attributes(), id, context.traceparent());
                    return input(Publications.told(outcomes, racing));
                })));
    }

    private Outcome<Input> lookAtConsumers(RunContext context, Command.LookAtConsumers look) {
        return consumers
                .moved(context.policy(), look.published())
                .then(pods -> context.withTarget(target -> unused(context, target, look.change(), look.appliedAt()))
                        .then(_ -> checks.pass(context.policy().checks()))
                        .then(_ -> input(new Input.Moved(pods))));
    }

    private Outcome<Boolean> unused(RunContext context, Target target, Change change, Instant appliedAt) {
        return change.fromIsOurs()
                ? context.withKept(Slot.PREVIOUS, previous -> target.unused(previous, appliedAt))
                : Outcome.done();
    }

    /** The last look before what cannot be undone: much may have happened during the grace period. */
    private Outcome<Input> retire(RunContext context, Command.Retire retire) {
        boolean mayCutOff = context.policy().terminateSessions();
        return context.withTarget(target -> context.withKept(Slot.PENDING, next -> inForce(context, target, next))
                .then(_ -> mayCutOff ? Outcome.done() : unused(context, target, retire.change(), retire.appliedAt()))
                .then(_ -> context.withKept(Slot.PREVIOUS, previous -> target.retire(previous, mayCutOff)))
                .then(proof -> input(new Input.OldRefused(proof))));
    }

    /** Whether the live value is the given one and the target accepts it; STORE_CHANGED if somebody else wrote. */
    private Outcome<Boolean> inForce(RunContext context, Target target, Credential expected) {
        return withLive(
                context.policy(),
                RotationReason.STORE_CHANGED,
                live -> live.credential().sameAs(expected)
                        ? target.test(expected)
                        : Outcome.rejected(RotationReason.STORE_CHANGED));
    }

    private Outcome<Input> undo(RunContext context, Command.Undo undo) {
        return switch (undo.step()) {
            case RESTORE_TARGET, RETRACT_TARGET -> revert(context);
            case RESTORE_STORE ->
                withBoth(
                        context,
                        (failed, previous) -> stores.of(context.policy())
                                .restore(context.policy(), context.run().id(), failed, previous)
                                .then(done -> {
                                    context.bench().leaveTarget();
                                    return Outcome.done(done);
                                }));
            case RESTORE_PUBLICATIONS -> publish(context, Slot.PREVIOUS, undo.attempt());
            case AWAIT_CONSUMERS -> consumersBack(context, undo.failed(), undo.restored());
            case DISCARD -> discard(context);
        };
    }

    private Outcome<Input> revert(RunContext context) {
        return context.withTarget(target -> context.withKept(
                Slot.PREVIOUS,
                previous -> context.find(Slot.PENDING)
                        .then(failed -> {
                            if (failed.isPresent()) {
                                return target.revert(failed.get(), previous);
                            }
                            return switch (target) {
                                case TakingTarget _ -> Outcome.rejected(RotationReason.STORE_CHANGED);
                                case IssuingTarget issuing ->
                                    issuing.withdraw(context.run().id(), previous);
                            };
                        })
                        .then(_ -> input(new Input.Done()))));
    }

    /** The values of the run are forgotten only when the live one is seen to work. */
    private Outcome<Input> discard(RunContext context) {
        var policy = context.policy();
        return context.withTarget(target ->
                        withLive(policy, RotationReason.STORE_CHANGED, live -> target.test(live.credential())))
                .then(_ -> stores.of(policy).discard(policy, context.run().id()))
                .then(_ -> input(new Input.Done()));
    }

    private Outcome<Input> consumersBack(RunContext context, @Nullable Published failed, @Nullable Published restored) {
        return restored == null
                ? input(new Input.Done())
                : consumers.back(context.policy(), failed, restored).then(pods -> input(new Input.Moved(pods)));
    }

    private Outcome<Input> onTarget(RunContext context, BiFunction<Target, Credential, Outcome<Boolean>> act) {
        return context.withTarget(target -> context.withKept(Slot.PENDING, next -> act.apply(target, next)))
                .then(_ -> input(new Input.Done()));
    }

    private Outcome<Input> withBoth(RunContext context, BiFunction<Credential, Credential, Outcome<Boolean>> act) {
        return context.withKept(
                        Slot.PENDING,
                        failed -> context.withKept(Slot.PREVIOUS, previous -> act.apply(failed, previous)))
                .then(_ -> input(new Input.Done()));
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
