package io.keyturn.rotation.runner;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.UndoStep;

/**
 * How many runs of this process may be under way at one target: so many, and one where the last that asked got no answer. Who waits for a
 * target that is down holds up nobody else then, and that one run finds out when it is back. Targets are told apart by their addresses.
 */
@ApplicationScoped
class Bulkheads {
    private final int most;
    private final Map<String, Integer> inside = new HashMap<>();
    private final Set<String> silent = new HashSet<>();

    @Inject
    Bulkheads(RotationConfig config) {
        this(config.runner().perTarget());
    }

    Bulkheads(int most) {
        this.most = most;
    }

    /** False if there is no room now. Who is in leaves. */
    synchronized boolean enter(String target) {
        if (isFull(target)) {
            return false;
        }
        inside.merge(target, 1, Integer::sum);
        return true;
    }

    synchronized void leave(String target) {
        inside.computeIfPresent(target, (_, runs) -> runs == 1 ? null : runs - 1);
    }

    /** The targets without room. */
    synchronized Set<String> full() {
        var full = new HashSet<String>();
        inside.keySet().stream().filter(this::isFull).forEach(full::add);
        return full;
    }

    private boolean isFull(String target) {
        return inside(target) >= (silent.contains(target) ? 1 : most);
    }

    /** How many runs are under way there. */
    synchronized int inside(String target) {
        return inside.getOrDefault(target, 0);
    }

    /** What came of a command that may have spoken with the target. */
    synchronized void heard(String target, Command command, Input input) {
        if (input instanceof Input.Unavailable(var reason) && reason == RotationReason.TARGET_UNREACHABLE) {
            silent.add(target);
        } else if (input instanceof Input.Result && needsAnAnswer(command)) {
            silent.remove(target);
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
