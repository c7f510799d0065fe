package io.keyturn.kit.messaging;

import java.util.concurrent.CompletionStage;

import io.keyturn.contract.codec.EventEnvelope;
import io.smallrye.mutiny.Uni;

/** Senders for tests of what uses them. */
public final class Senders {
    private Senders() {}

    /** Keeps every record in its hands until then, as a process does that is stopped in the middle of a send. */
    @SuppressWarnings("NullAway") // the channel is the other sender's
    public static EventSender paused(EventSender sender, Runnable asleep, CompletionStage<Void> awake) {
        return new EventSender(null) {
            @Override
            public Uni<Void> send(EventEnvelope envelope) {
                asleep.run();
                return Uni.createFrom().completionStage(awake).chain(() -> sender.send(envelope));
            }
        };
    }
}
