package io.keyturn.testbed.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** How fast a backlog of events gets into the audit trail; the events are made here, as any outside producer would. */
final class AuditRate {
    private static final String TOPIC = "keyturn.restarts.v1";
    private static final String SOURCE = "/clusters/bench/keyturn-restart";
    private static final int OBJECTS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Pattern APPENDED = Pattern.compile(
            "^keyturn_audit_appended_total\\{[^}]*topic=\"" + Pattern.quote(TOPIC) + "\"[^}]*} (\\S+)$",
            Pattern.MULTILINE);
    private static final Pattern DEAD = Pattern.compile("^keyturn_dead_letters_total\\{.*} (\\S+)$", Pattern.MULTILINE);

    private final Platform platform;
    private final RunningService audit;

    AuditRate(Platform platform) {
        this.platform = platform;
        this.audit = platform.service(ServiceJar.AUDIT);
    }

    void measure(int events, RawPostgres postgres, Report report) {
        double copies = postgres.copiedRowsPerSecond();
        double before = counted(APPENDED);
        var cpuBefore = Processes.cpu(platform);
        long begin = System.nanoTime();
        int sent = produce(events);
        double produced = (System.nanoTime() - begin) / 1e9;
        Awaitility.await("all events on record")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> counted(APPENDED) - before >= events);
        double seconds = (System.nanoTime() - begin) / 1e9;
        var cpu = Processes.cpuSince(platform, cpuBefore);
        report.must(sent == events && counted(APPENDED) - before == events, "each event is on record, once");
        report.must(counted(DEAD) == 0, "none was refused");
        report.figure(
                events + " events at once → on record",
                events / seconds,
                "per s",
                new Report.Limit("COPY, 500 rows of 700 B per transaction", copies));
        report.figure("  producing them alone", events / produced, "per s");
        cpu.forEach((service, millis) ->
                report.figure("  processor time per event, " + service.principal(), millis * 1000 / events, "µs"));
        var verdict = audit.get("/audit/verify");
        report.must(verdict.replaceAll("\\s", "").contains("\"ok\":true"), "the chain over all of them is intact");
    }

    private double counted(Pattern metric) {
        return metric.matcher(audit.get("/q/metrics"))
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }

    /** How many the broker has acknowledged. */
    private int produce(int events) {
        var config = new HashMap<String, Object>(platform.testbed().kafka().clientConfig(KafkaServer.ADMIN));
        config.putAll(Map.of("acks", "all", "enable.idempotence", true, "linger.ms", 5));
        var acknowledged = new AtomicInteger();
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < events; i++) {
                producer.send(record(i), (_, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    }
                });
            }
        }
        return acknowledged.get();
    }

    private static ProducerRecord<String, byte[]> record(int number) {
        var name = "object-" + number % OBJECTS;
        var now = Instant.now().toString();
        var key = "bench/bench-events/secret/" + name;
        var headers = new RecordHeaders();
        List.of(
                        Map.entry("content-type", "application/json"),
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", UUID.randomUUID().toString()),
                        Map.entry("ce_source", SOURCE),
                        Map.entry("ce_type", "io.keyturn.restart.workload-healthy.v1"),
                        Map.entry("ce_subject", "bench-events/Secret/" + name),
                        Map.entry("ce_time", now),
                        Map.entry("ce_datacontenttype", "application/json"),
                        Map.entry("ce_partitionkey", key))
                .forEach(
                        header -> headers.add(header.getKey(), header.getValue().getBytes(StandardCharsets.UTF_8)));
        var event = """
                {"at":"%s","plan":{"id":"p-%d","trigger":{"kind":"Secret","name":"%s","namespace":"bench-events"}},\
                "workload":{"kind":"Deployment","name":"%s","namespace":"bench-events","uid":"%s"}}""".formatted(now, number, name, name, UUID.randomUUID());
        return new ProducerRecord<>(TOPIC, null, key, event.getBytes(StandardCharsets.UTF_8), headers);
    }
}
