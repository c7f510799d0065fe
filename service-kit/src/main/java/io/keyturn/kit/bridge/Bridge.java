package io.keyturn.kit.bridge;

import java.util.function.Supplier;

import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;

/** A thread that may block, to an event loop and back. Nothing else in Keyturn blocks on a {@code Uni}. */
public final class Bridge {
    private Bridge() {}

    /**
     * Runs the work on an event loop with its own duplicated context and waits. Call it from virtual threads, or from a thread of a
     * library that may block; on an event loop it fails. Exceptions of the work arrive as they are.
     */
    public static <T> T await(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "Unexpected checked exception: " + e.getClass().getSimpleName(), e);
        }
    }
}
