package io.keyturn.audit.ingest;

import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Every topic of the contract, in batches, one batch at a time. The event loop only hands over: a virtual thread does the
 * blocking work, and the batch is acknowledged when its {@code Uni} completes, after the commit.
 */
@ApplicationScoped
class AuditConsumer {
    static final String CHANNEL = "audit";

    private final Ingestion ingestion;
    private final ExecutorService virtualThreads;

    AuditConsumer(Ingestion ingestion, @VirtualThreads ExecutorService virtualThreads) {
        this.ingestion = ingestion;
        this.virtualThreads = virtualThreads;
    }

    @Incoming(CHANNEL)
    Uni<Void> on(ConsumerRecords<String, byte[]> batch) {
        return Uni.createFrom().voidItem().emitOn(virtualThreads).invoke(() -> ingestion.take(batch));
    }
}
