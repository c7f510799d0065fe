package io.keyturn.testbed.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;

/** How fast a backlog of events gets into the audit trail; the events are made here, as any outside producer would. */
final class AuditRate {
    private static final String TOPIC = "keyturn.restarts.v1";
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
        int sent = new OutsideProducer(platform.testbed().kafka()).send(events, AuditRate::event);
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

    private static ProducerRecord<String, byte[]> event(int number) {
        var name = "object-" + number % OBJECTS;
        var now = Instant.now();
        var data = """
                {"at":"%s","plan":{"id":"p-%d","trigger":{"kind":"Secret","name":"%s","namespace":"bench-events"}},\
                "workload":{"kind":"Deployment","name":"%s","namespace":"bench-events","uid":"%s"}}""".formatted(now, number, name, name, UUID.randomUUID());
        return OutsideProducer.event(
                TOPIC,
                "keyturn-restart",
                "io.keyturn.restart.workload-healthy.v1",
                "bench-events/Secret/" + name,
                now,
                data);
    }
}
