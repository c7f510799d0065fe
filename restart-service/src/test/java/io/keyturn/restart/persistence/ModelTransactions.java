package io.keyturn.restart.persistence;

import java.util.function.Function;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Transactions on the thread of who waits for them. */
@Vetoed
public final class ModelTransactions extends Transactions {
    private final UnitOfWork unitOfWork;

    public ModelTransactions(UnitOfWork unitOfWork) {
        super(unitOfWork);
        this.unitOfWork = unitOfWork;
    }

    @Override
    public <T extends @Nullable Object> T run(@Nullable String traceparent, Function<Work, Uni<T>> body) {
        return Unis.await(unitOfWork.run(body));
    }
}
