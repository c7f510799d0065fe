package io.keyturn.kit.persistence;

import java.time.Clock;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.outbox.OutboxSignal;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** Runs one transaction: inbox row, state and facts commit together or not at all. Facts reach Kafka through the relay. */
@ApplicationScoped
public class UnitOfWork {
    private final Mutiny.SessionFactory sessions;
    private final OutboxSignal signal;
    private final Clock clock;

    UnitOfWork(Mutiny.SessionFactory sessions, OutboxSignal signal, Clock clock) {
        this.sessions = sessions;
        this.signal = signal;
        this.clock = clock;
    }

    private record Done<T>(T result, boolean stated) {}

    /** On an event loop with a Vert.x context; from a virtual thread go through the bridge. Rolled back if the body fails. */
    public <T> Uni<T> run(Function<Work, Uni<T>> body) {
        return sessions.withTransaction((session, _) -> {
                    var work = new Work(session, clock);
                    return body.apply(work).map(result -> new Done<>(result, work.hasStated()));
                })
                .invoke(done -> {
                    if (done.stated()) {
                        signal.raise();
                    }
                })
                .map(Done::result);
    }
}
