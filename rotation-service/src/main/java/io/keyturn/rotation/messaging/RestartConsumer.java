package io.keyturn.rotation.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.kit.messaging.EventReader;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.runner.RunSignal;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Restart reports wake the run they name, and nothing else: it looks at the pods for itself, so a forged report changes nothing.
 * That makes a repeated report harmless too, so no inbox is kept.
 */
@ApplicationScoped
class RestartConsumer {
    private final EventReader reader;
    private final UnitOfWork unit;
    private final RotationStore store;
    private final RunSignal signal;

    RestartConsumer(EventReader reader, UnitOfWork unit, RotationStore store, RunSignal signal) {
        this.reader = reader;
        this.unit = unit;
        this.store = store;
        this.signal = signal;
    }

    @Incoming("restarts")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return reader.read(record, this::handle);
    }

    private Uni<Void> handle(EventEnvelope envelope) {
        if (!(envelope.event() instanceof RestartEvent event)
                || !ends(event)
                || event.plan().publication() == null) {
            return Uni.createFrom().voidItem();
        }
        var run = event.plan().publication().run();
        return unit.run(work -> store.wake(work, run))
                .invoke(woken -> {
                    if (woken) {
                        signal.raise();
                    }
                })
                .replaceWithVoid();
    }

    private static boolean ends(RestartEvent event) {
        return switch (event) {
            case RestartCompleted _, RestartFailed _ -> true;
            case RestartPlanned _, WorkloadPatched _, WorkloadHealthy _, RestartSuperseded _ -> false;
        };
    }
}
