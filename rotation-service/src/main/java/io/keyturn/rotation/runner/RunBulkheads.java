package io.keyturn.rotation.runner;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.bulkhead.Bulkheads;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.UndoStep;

/** The runs of this process that are under way at each target. */
@Singleton
class RunBulkheads extends Bulkheads {
    @Inject
    RunBulkheads(RotationConfig config) {
        this(config.runner().concurrency(), config.runner().perTarget());
    }

    RunBulkheads(int total, int most) {
        super(total, most);
    }

    /** What came of a command that may have spoken with the target. */
    void heard(String target, Command command, Input input) {
        if (input instanceof Input.Unavailable(var reason) && reason == RotationReason.TARGET_UNREACHABLE) {
            noAnswer(target);
        } else if (input instanceof Input.Result && needsAnAnswer(command)) {
            answer(target);
        }
    }

    /** Whether the target must have answered for the command to have come to anything. */
    private static boolean needsAnAnswer(Command command) {
        return switch (command) {
            case Command.Adopt _,
                    Command.Repair _,
                    Command.Prepare _,
                    Command.Apply _,
                    Command.Redraw _,
                    Command.Test _,
                    Command.Retire _,
                    Command.Finish _ -> true;
            case Command.Undo undo -> undo.step() == UndoStep.RESTORE_TARGET || undo.step() == UndoStep.RETRACT_TARGET;
            case Command.Listen _, Command.Promote _, Command.Publish _, Command.LookAtConsumers _ -> false;
        };
    }
}
