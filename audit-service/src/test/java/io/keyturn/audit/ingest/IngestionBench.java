package io.keyturn.audit.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

import io.keyturn.audit.bed.Api;
import io.keyturn.audit.bed.AuditBed;
import io.keyturn.audit.bed.Broker;
import io.keyturn.audit.bed.Database;
import io.keyturn.contract.event.EventType;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Measures, never fails for being slow; run by name only. Figures are of all servers and the producer on one machine. */
@QuarkusTest
@QuarkusTestResource(AuditBed.class)
class IngestionBench {
    private static final int EVENTS = 100_000;
    private static final String COUNT = "select count(*) from audit_entry";

    @Test
    void eventsPerSecondFromKafkaToCommit() {
        var type = EventType.ROTATION_PROMOTED;
        var before = Database.number(COUNT);
        var start = System.nanoTime();
        try (var broker = new Broker()) {
            for (int i = 0; i < EVENTS; i++) {
                broker.sendLater(Broker.record(type, UUID.randomUUID(), Instant.now(), Broker.golden(type), i % 6));
            }
        }
        var produced = System.nanoTime();
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Database.number(COUNT) == before + EVENTS);
        var committed = System.nanoTime();
        var window = Database.number("select (extract(epoch from max(recorded_at) - min(recorded_at)) * 1000)::bigint"
                + " from audit_entry where seq > " + before);
        var batches = Database.number("select count(distinct recorded_at) from audit_entry where seq > " + before);

        var verification = Api.json("/audit/verify");

        var probe = System.nanoTime();
        Database.number(
                "create table probe (like audit_entry including all); insert into probe select * from audit_entry;"
                        + "select 1");
        var probed = System.nanoTime();
        assertThat(verification.get("ok").asBoolean()).isTrue();
        System.out.printf(Locale.ROOT, "BENCH transactions: %d, %d events each%n", batches, EVENTS / batches);
        report("produced", produced - start);
        report("first send to last commit", committed - start);
        report("first commit to last commit", window * 1_000_000);
        report("limit: INSERT … SELECT of the same rows and indexes", probed - probe);
        report("verified", verification.get("millis").asLong() * 1_000_000);
    }

    private static void report(String what, long nanos) {
        System.out.printf(Locale.ROOT, "BENCH %s: %.2f s, %.0f/s%n", what, nanos / 1e9, EVENTS / (nanos / 1e9));
    }
}
