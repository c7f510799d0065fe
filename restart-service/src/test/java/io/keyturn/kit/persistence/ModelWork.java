package io.keyturn.kit.persistence;

import java.time.Clock;
import java.util.List;
import java.util.UUID;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.kit.outbox.OutboxRow;
import io.keyturn.restart.simulation.ModelDatabase;
import io.keyturn.restart.simulation.ModelDatabase.Transaction;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.Tables;
import io.keyturn.restart.simulation.Tables.Stated;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** What a transaction can do, at the model database. */
@Vetoed
public final class ModelWork extends Work {
    private final Transaction transaction;
    private final ModelDatabase database;
    private final Habits habits;
    private boolean stated;

    /** Good ones, unless a mistake is planted. */
    public interface Habits {
        /** Whether the event was met for the first time. */
        default boolean isFirstSight(Transaction transaction, UUID event) {
            return transaction.write(List.of(event), tables -> tables.inbox().add(event));
        }

        default void state(Transaction transaction, List<Stated> facts) {
            transaction.state(facts);
        }
    }

    ModelWork(Transaction transaction, ModelDatabase database, Clock clock, Habits habits) {
        super(Nobody.as(Mutiny.Session.class), clock);
        this.transaction = transaction;
        this.database = database;
        this.habits = habits;
    }

    /** The transaction below. */
    public static Transaction of(Work work) {
        return ((ModelWork) work).transaction;
    }

    @Override
    boolean hasStated() {
        return stated;
    }

    @Override
    public Uni<Boolean> firstSightOf(EventEnvelope envelope) {
        return Unis.of(() -> habits.isFirstSight(transaction, envelope.id()));
    }

    @Override
    public Uni<Void> state(List<? extends Event> facts, @Nullable String trace) {
        return Unis.done(() -> {
            if (!facts.isEmpty()) {
                stated = true;
                habits.state(transaction, facts.stream().map(this::row).toList());
            }
        });
    }

    private Stated row(Event fact) {
        var position = database.next();
        var id = new UUID(0, position);
        return new Stated(position, id, key(fact), new OutboxRow(id, fact, clock().instant(), null));
    }

    private static String key(Event fact) {
        return RecordKey.of(new ClusterName(Tables.CLUSTER), fact.about());
    }
}
