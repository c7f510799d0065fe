package io.keyturn.kit.persistence;

import java.time.Clock;
import java.util.function.Function;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.kit.outbox.OutboxSignal;
import io.keyturn.restart.simulation.Instance;
import io.keyturn.restart.simulation.ModelDatabase;
import io.keyturn.restart.simulation.Nobody;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** Transactions of one instance at the model database. */
@Vetoed
public final class ModelUnitOfWork extends UnitOfWork {
    private final Instance instance;
    private final ModelDatabase database;
    private final OutboxSignal signal;
    private final Clock clock;
    private final ModelWork.Habits habits;

    public ModelUnitOfWork(
            Instance instance, ModelDatabase database, OutboxSignal signal, Clock clock, ModelWork.Habits habits) {
        super(Nobody.as(Mutiny.SessionFactory.class), signal, clock);
        this.instance = instance;
        this.database = database;
        this.signal = signal;
        this.clock = clock;
        this.habits = habits;
    }

    @Override
    public <T> Uni<T> run(Function<Work, Uni<T>> body) {
        return Unis.of(() -> {
            var transaction = database.begin(instance);
            try {
                var work = new ModelWork(transaction, database, clock, habits);
                T result = Unis.await(body.apply(work));
                instance.call("commit", transaction::commit);
                if (work.hasStated()) {
                    signal.raise();
                }
                return result;
            } finally {
                transaction.end();
            }
        });
    }
}
