package io.keyturn.kit.persistence;

import java.time.Clock;
import java.util.List;
import java.util.UUID;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.kit.outbox.OutboxRow;
import io.keyturn.kit.trace.TraceContext;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** What a transaction can do: use its session, remember an event as seen, state facts. One after the other, never in parallel. */
public class Work {
    private final Mutiny.Session session;
    private final Clock clock;
    private volatile boolean stated;

    public Work(Mutiny.Session session, Clock clock) {
        this.session = session;
        this.clock = clock;
    }

    public Mutiny.Session session() {
        return session;
    }

    public Clock clock() {
        return clock;
    }

    /** Whether there is something for the relay once this commits. */
    boolean hasStated() {
        return stated;
    }

    /** True the first time this event is met, and in this transaction only if it commits. */
    public Uni<Boolean> firstSightOf(EventEnvelope envelope) {
        return NativeSql.change(
                        session,
                        "insert into inbox (source, event_id) values ($1, $2) on conflict do nothing",
                        envelope.source(),
                        envelope.id())
                .map(rows -> rows == 1);
    }

    /** States facts, in this order, if the transaction commits. They belong to the current span. */
    public Uni<Void> state(List<? extends Event> facts) {
        return state(facts, TraceContext.current());
    }

    /** States facts that belong to the span with this traceparent: a span does not follow its work onto the event loop. */
    public Uni<Void> state(List<? extends Event> facts, @Nullable String trace) {
        if (facts.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        stated = true;
        var rows = facts.stream()
                .map(fact -> new OutboxRow(UUID.randomUUID(), fact, clock.instant(), trace))
                .toArray();
        return session.persistAll(rows).chain(session::flush);
    }

    public Uni<Void> state(Event fact) {
        return state(List.of(fact));
    }
}
