package io.keyturn.rotation.runner;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.UndoStep;

/**
 * A place where a process may die, such as {@code after-apply}: there are three for every command. A step back has its own, so they
 * are named by it instead of by the command that all steps back share. A new command or step brings its places with it.
 */
record CrashPoint(Moment moment, String step) {

    /** Where, seen from the command. */
    enum Moment {
        /** Nothing has been done yet. */
        BEFORE,
        /** It has been done, and nobody has noted what came of it. */
        AFTER,
        /** The next state is committed, and nothing has followed from it yet. */
        COMMITTED
    }

    static CrashPoint of(Moment moment, Command command) {
        return new CrashPoint(
                moment, command instanceof Command.Undo undo ? step(undo.step()) : step(command.getClass()));
    }

    /** Every place there is, in the order of the commands. */
    static List<CrashPoint> all() {
        return Stream.concat(
                        Stream.of(Command.class.getPermittedSubclasses())
                                .filter(command -> command != Command.Undo.class)
                                .map(CrashPoint::step),
                        Stream.of(UndoStep.values()).map(CrashPoint::step))
                .flatMap(step -> Stream.of(Moment.values()).map(moment -> new CrashPoint(moment, step)))
                .toList();
    }

    /** The place with that name; empty if there is none. */
    static Optional<CrashPoint> named(String name) {
        return all().stream().filter(point -> point.toString().equals(name)).findFirst();
    }

    /** {@code LookAtConsumers} is {@code look-at-consumers}. */
    private static String step(Class<?> command) {
        return command.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static String step(UndoStep step) {
        return step.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return moment.name().toLowerCase(Locale.ROOT) + "-" + step;
    }
}
