package io.keyturn.rotation.messaging;

import java.time.Duration;
import java.util.function.Supplier;

import io.keyturn.rotation.RotationLog;
import io.smallrye.mutiny.Uni;

/** A consumer waits out an outage of the database: giving the record up would lose it, failing would end the channel. */
final class Patience {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private Patience() {}

    static <T> Uni<T> with(String channel, Supplier<Uni<T>> work) {
        return Uni.createFrom()
                .deferred(work::get)
                .onFailure()
                .invoke(e -> RotationLog.LOG.heldUp(channel, e.getClass().getSimpleName()))
                .onFailure()
                .retry()
                .withBackOff(FIRST, LONGEST)
                .indefinitely();
    }
}
