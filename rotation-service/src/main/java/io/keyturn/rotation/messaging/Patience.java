package io.keyturn.rotation.messaging;

import java.time.Duration;
import java.util.function.Supplier;

import io.keyturn.rotation.RotationLog;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import static java.util.Objects.requireNonNull;

/** A consumer waits out an outage of the database: giving the record up would lose it, failing would end the channel. */
final class Patience {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private Patience() {}

    static <T> Uni<T> with(String channel, Supplier<Uni<T>> work) {
        var context = requireNonNull(Vertx.currentContext());
        // A pause ends on some other thread, but a session belongs to one event loop.
        return Uni.createFrom()
                .voidItem()
                .emitOn(command -> context.runOnContext(_ -> command.run()))
                .chain(work::get)
                .onFailure()
                .invoke(e -> RotationLog.LOG.heldUp(channel, e.getClass().getSimpleName()))
                .onFailure()
                .retry()
                .withBackOff(FIRST, LONGEST)
                .indefinitely();
    }
}
