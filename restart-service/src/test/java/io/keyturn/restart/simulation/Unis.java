package io.keyturn.restart.simulation;

import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.keyturn.kit.bridge.Ground;
import io.smallrye.mutiny.Uni;

/** Work that is done at once, on the thread of who waits for it. */
public final class Unis {
    private Unis() {}

    public static <T> Uni<T> of(Supplier<T> work) {
        return Uni.createFrom().item(work);
    }

    public static Uni<Void> done(Runnable work) {
        return Uni.createFrom().voidItem().invoke(work);
    }

    public static <T> T await(Uni<T> work) {
        try {
            return work.await().indefinitely();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** @param nanoTime the clock that goes only forward */
    public static Ground ground(LongSupplier nanoTime) {
        return new Ground() {
            @Override
            public <T> T await(Supplier<Uni<T>> work) {
                return Unis.await(work.get());
            }

            @Override
            public long nanoTime() {
                return nanoTime.getAsLong();
            }
        };
    }
}
