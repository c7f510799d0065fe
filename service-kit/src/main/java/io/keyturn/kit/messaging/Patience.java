package io.keyturn.kit.messaging;

import java.time.Duration;
import java.util.function.Supplier;

import io.keyturn.kit.outbox.KitLog;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import static java.util.Objects.requireNonNull;

/** A consumer waits out an outage of what it depends on: giving the record up would lose it, failing would end the channel. */
final class Patience {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private Patience() {}

    static <T> Uni<T> with(String topic, Supplier<Uni<T>> work) {
        var context = requireNonNull(Vertx.currentContext());
        // A pause ends on some other thread, but a session belongs to one event loop.
        return Uni.createFrom()
                .voidItem()
                .emitOn(command -> context.runOnContext(_ -> command.run()))
                .chain(work::get)
                .onFailure()
                .invoke(e -> KitLog.LOG.consumerHeldUp(topic, e.getClass().getSimpleName()))
                .onFailure()
                .retry()
                .withBackOff(FIRST, LONGEST)
                .indefinitely();
    }
}
