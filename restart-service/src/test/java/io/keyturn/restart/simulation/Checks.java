package io.keyturn.restart.simulation;

import java.util.function.Supplier;

/** What must hold. */
final class Checks {
    private Checks() {}

    static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
