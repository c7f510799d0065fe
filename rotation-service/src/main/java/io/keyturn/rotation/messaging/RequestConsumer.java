package io.keyturn.rotation.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.kit.messaging.EventReader;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.runner.RunSignal;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Takes requests up: inbox row and run are one transaction; the runner does the rest. */
@ApplicationScoped
class RequestConsumer {
    private final EventReader reader;
    private final UnitOfWork unit;
    private final RotationStore store;
    private final RunSignal signal;
    private final Tracer tracer;

    RequestConsumer(EventReader reader, UnitOfWork unit, RotationStore store, RunSignal signal, Tracer tracer) {
        this.reader = reader;
        this.unit = unit;
        this.store = store;
        this.signal = signal;
        this.tracer = tracer;
    }

    @Incoming("rotation-requests")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return reader.read(record, this::handle);
    }

    private Uni<Void> handle(EventEnvelope envelope) {
        if (!(envelope.event() instanceof RotationRequested request)) {
            return Uni.createFrom().voidItem();
        }
        // Who asks without a trace gets one here, so that a run is one trace in any case.
        var trace = envelope.traceparent() != null
                ? envelope.traceparent()
                : TraceContext.inSpan(tracer, "request", null, TraceContext::current);
        return Patience.with(
                        "rotation-requests",
                        () -> unit.run(work -> work.firstSightOf(envelope)
                                .chain(first -> first
                                        ? store.accept(work, request, 0, trace)
                                        : Uni.createFrom().item(false))))
                .invoke(accepted -> {
                    if (accepted) {
                        RotationLog.LOG.accepted(request.id(), request.about(), request.reason());
                        signal.raise();
                    }
                })
                .replaceWithVoid();
    }
}
