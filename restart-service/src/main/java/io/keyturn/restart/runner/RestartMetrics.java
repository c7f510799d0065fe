package io.keyturn.restart.runner;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.WorkloadKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The metrics of this service. */
@ApplicationScoped
class RestartMetrics {
    private final MeterRegistry registry;
    private final Timer latency;

    RestartMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.latency = Timer.builder("keyturn.restart.latency")
                .description("From the observed change to the patched workload")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry);
    }

    void running(Supplier<Number> plans) {
        Gauge.builder("keyturn.plans.running", plans).register(registry);
    }

    void patched(Duration sinceObserved) {
        latency.record(sinceObserved.isNegative() ? Duration.ZERO : sinceObserved);
    }

    /** @param result an item state, or why a plan failed */
    void restarted(WorkloadKind kind, Enum<?> result) {
        registry.counter(
                        "keyturn.restarts",
                        "kind",
                        kind.name(),
                        "result",
                        result.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .increment();
    }
}
