package io.keyturn.audit.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.audit.record.AuditEntry;
import io.keyturn.contract.topic.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import static java.util.Objects.requireNonNull;

/** Every meter exists from the start, so that an alert on its absence means what it says. No label names a secret. */
@ApplicationScoped
public class AuditMetrics {
    private final Map<String, Counter> appended = new HashMap<>();
    private final Counter duplicates;
    private final Counter retries;
    private final Timer lag;
    private volatile double chainOk = Double.NaN;

    AuditMetrics(MeterRegistry registry) {
        duplicates = Counter.builder("keyturn.audit.duplicates")
                .description("Events met again that were on record already")
                .register(registry);
        retries = Counter.builder("keyturn.audit.retries")
                .description("Attempts to append or put aside that failed and were repeated")
                .register(registry);
        lag = Timer.builder("keyturn.audit.lag")
                .description("From the event's time to its commit on record")
                .register(registry);
        Gauge.builder("keyturn.audit.chain.ok", () -> chainOk)
                .description("Last verification: 1 sound, 0 broken, NaN none since the start")
                .register(registry);
        for (var topic : Topic.values()) {
            appended.put(
                    topic.topicName(),
                    Counter.builder("keyturn.audit.appended")
                            .description("Events put on record")
                            .tag("topic", topic.topicName())
                            .register(registry));
        }
    }

    /** Counts a committed batch. */
    public void committed(List<AuditEntry> entries, int duplicatesMet, Instant now) {
        duplicates.increment(duplicatesMet);
        for (var entry : entries) {
            requireNonNull(appended.get(entry.fact().place().topic())).increment();
            var age = Duration.between(entry.fact().time(), now);
            lag.record(age.isNegative() ? Duration.ZERO : age);
        }
    }

    public void retried() {
        retries.increment();
    }

    public void verified(boolean ok) {
        chainOk = ok ? 1 : 0;
    }
}
