package io.keyturn.kit.bridge;

import java.util.function.Supplier;

import io.smallrye.mutiny.Uni;

/** What code that blocks stands on: how it waits for an event loop, and the clock that only goes forward. A simulation has its own. */
public interface Ground {
    /** Event loops, and the clock of the machine. */
    Ground REAL = new Ground() {
        @Override
        public <T> T await(Supplier<Uni<T>> work) {
            return Bridge.await(work);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    };

    /** As {@link Bridge#await}. */
    <T> T await(Supplier<Uni<T>> work);

    /** As {@link System#nanoTime}. */
    long nanoTime();
}
