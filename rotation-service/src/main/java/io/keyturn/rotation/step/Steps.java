package io.keyturn.rotation.step;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.secretstore.Stores;

/** Carries commands out. Blocking; every command looks first, so each may be repeated after a crash or a lost answer. */
@ApplicationScoped
public class Steps {
    private final Targets targets;
    private final Stores stores;
    private final Adoption adoption;
    private final Mend mend;
    private final Beginning beginning;
    private final WayForward forward;
    private final WayBack back;
    private final Ending ending;

    Steps(
            Targets targets,
            Stores stores,
            Adoption adoption,
            Mend mend,
            Beginning beginning,
            WayForward forward,
            WayBack back,
            Ending ending) {
        this.targets = targets;
        this.stores = stores;
        this.adoption = adoption;
        this.mend = mend;
        this.beginning = beginning;
        this.forward = forward;
        this.back = back;
        this.ending = ending;
    }

    /** A workbench for a run that is to be driven; the caller closes it. */
    public Workbench bench() {
        return new Workbench(targets, stores);
    }

    /** What came of the command, as the state machine hears it. */
    public Input carryOut(Command command, RunContext context) {
        var outcome = attempt(command, context);
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

    /** A defect is no reason to stand still: it counts as an outage, so that pauses, deadlines and the way back are those of one. */
    private Outcome<Input> attempt(Command command, RunContext context) {
        try {
            return act(command, context);
        } catch (RuntimeException e) {
            var run = context.run();
            RotationLog.LOG.unexpected(run.id(), run.policy(), e.getClass().getSimpleName());
            return Outcome.unavailable(outageOf(command));
        }
    }

    private Outcome<Input> act(Command command, RunContext context) {
        return switch (command) {
            case Command.Adopt() ->
                adoption.adopt(context).then(live -> input(new Input.Adopted(live.principal(), live.version())));
            case Command.Repair() -> mend.repair(context);
            case Command.Listen() -> Outcome.waiting(RotationReason.APPROVAL_PENDING);
            case Command.Prepare() -> beginning.prepare(context);
            case Command.Apply(var change) -> forward.apply(context, change);
            case Command.Redraw redraw -> forward.redraw(context, redraw);
            case Command.Test _ -> forward.test(context);
            case Command.Promote(var change) -> forward.promote(context, change);
            case Command.Publish p -> forward.publish(context, p);
            case Command.LookAtConsumers look -> forward.lookAtConsumers(context, look);
            case Command.Retire retire -> forward.retire(context, retire);
            case Command.Finish finish -> ending.finish(context, finish.leftovers());
            case Command.Undo undo -> back.undo(context, undo);
        };
    }

    /** The system a command is about, which is where to look first. */
    private static RotationReason outageOf(Command command) {
        return switch (command) {
            case Command.Adopt _,
                    Command.Repair _,
                    Command.Prepare _,
                    Command.Apply _,
                    Command.Redraw _,
                    Command.Test _,
                    Command.Retire _ -> RotationReason.TARGET_UNREACHABLE;
            case Command.Promote _, Command.Finish _ -> RotationReason.STORE_UNREACHABLE;
            case Command.Publish _, Command.LookAtConsumers _, Command.Listen _ ->
                RotationReason.KUBERNETES_UNREACHABLE;
            case Command.Undo undo ->
                switch (undo.step()) {
                    case RESTORE_TARGET, RETRACT_TARGET -> RotationReason.TARGET_UNREACHABLE;
                    case RESTORE_STORE, DISCARD -> RotationReason.STORE_UNREACHABLE;
                    case RESTORE_PUBLICATIONS, AWAIT_CONSUMERS -> RotationReason.KUBERNETES_UNREACHABLE;
                };
        };
    }

    private static Outcome<Input> input(Input input) {
        return Outcome.done(input);
    }
}
