package io.keyturn.audit.ingest;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.audit.metrics.AuditMetrics;
import io.keyturn.audit.record.Fact;
import io.keyturn.audit.store.AuditWriter;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.messaging.DeadLetters;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** One batch: bad records to the dead letters, events to the chain. Blocks until both are durable. */
@ApplicationScoped
class Ingestion {
    private final AuditWriter writer;
    private final DeadLetters deadLetters;
    private final Persistence persistence;
    private final AuditMetrics metrics;
    private final Clock clock;

    Ingestion(AuditWriter writer, DeadLetters deadLetters, Persistence persistence, AuditMetrics metrics, Clock clock) {
        this.writer = writer;
        this.deadLetters = deadLetters;
        this.persistence = persistence;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Returns when every record of the batch may be acknowledged; throws only if the process is about to end. */
    void take(ConsumerRecords<String, byte[]> batch) {
        var partitions = new ArrayList<List<Fact>>();
        for (var partition : batch.partitions()) {
            partitions.add(facts(batch.records(partition)));
        }
        var facts = PartitionMerge.merge(partitions);
        if (!facts.isEmpty()) {
            persistence.insist(() -> append(facts));
        }
    }

    private List<Fact> facts(List<ConsumerRecord<String, byte[]>> records) {
        var facts = new ArrayList<Fact>(records.size());
        for (var record : records) {
            switch (FactReader.read(record)) {
                case Sighting.Met(var fact) -> facts.add(fact);
                case Sighting.Passed _ -> {}
                case Sighting.Refused(var refusal) ->
                    persistence.insist(() -> Bridge.await(() -> deadLetters.put(record, refusal)));
            }
        }
        return facts;
    }

    private void append(List<Fact> facts) throws SQLException {
        var appended = writer.append(facts);
        metrics.committed(appended.entries(), appended.duplicates(), clock.instant());
    }
}
