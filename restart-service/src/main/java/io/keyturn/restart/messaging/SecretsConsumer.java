package io.keyturn.restart.messaging;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.FindingEvent;
import io.keyturn.contract.event.RequestEvent;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.kit.messaging.EventReader;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.restart.persistence.ContentStore;
import io.keyturn.restart.runner.ChangeIntake;
import io.keyturn.restart.runner.LostBaselines;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Writes down what the watcher saw, in one short transaction. */
@ApplicationScoped
class SecretsConsumer {
    private final EventReader reader;
    private final UnitOfWork unitOfWork;
    private final ContentStore contents;
    private final LostBaselines lost;
    private final ChangeIntake intake;

    SecretsConsumer(
            EventReader reader, UnitOfWork unitOfWork, ContentStore contents, LostBaselines lost, ChangeIntake intake) {
        this.reader = reader;
        this.unitOfWork = unitOfWork;
        this.contents = contents;
        this.lost = lost;
        this.intake = intake;
    }

    @Incoming("secrets")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return reader.read(record, this::handle);
    }

    private Uni<Void> handle(EventEnvelope envelope) {
        return switch (envelope.event()) {
            case SecretChanged changed -> changed(envelope, changed);
            case SecretDeleted deleted ->
                unitOfWork.run(work -> first(
                        work,
                        envelope,
                        contents.forget(work, deleted).chain(_ -> lost.deleted(work, deleted.about()))));
            // They travel on other topics; the codec refuses them here.
            case FindingEvent _, RequestEvent _, RotationEvent _, RestartEvent _ ->
                Uni.createFrom().voidItem();
        };
    }

    private Uni<Void> changed(EventEnvelope envelope, SecretChanged changed) {
        var current = TraceContext.current();
        var trace = current == null ? envelope.traceparent() : current;
        return intake.changed(envelope, changed, trace);
    }

    private static Uni<Void> first(Work work, EventEnvelope envelope, Uni<Void> then) {
        return work.firstSightOf(envelope)
                .chain(first -> first ? then : Uni.createFrom().voidItem());
    }
}
