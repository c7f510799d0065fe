package io.keyturn.restart.persistence;

import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.kit.trace.TraceContext;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** One transaction, run from a thread that may block, whose facts belong to the given trace. */
@ApplicationScoped
public class Transactions {
    private final UnitOfWork unitOfWork;

    Transactions(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    /** Waits for the commit. */
    @SuppressWarnings("MustBeClosedChecker") // the trace context lives as long as the call's own duplicated context
    public <T extends @Nullable Object> T run(@Nullable String traceparent, Function<Work, Uni<T>> body) {
        return Bridge.await(() -> {
            if (traceparent != null) {
                TraceContext.of(traceparent).makeCurrent();
            }
            return unitOfWork.run(body);
        });
    }
}
