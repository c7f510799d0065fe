package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;

/** What each service costs by being there: time to start, memory, processor time while nothing happens. */
final class ServiceCost {
    private final Platform platform;

    ServiceCost(Platform platform) {
        this.platform = platform;
    }

    /** Starts one service after the other; seconds from the start of the process until it says that it is ready. */
    Map<ServiceJar, Double> starts(int times, String how, Map<ServiceJar, List<String>> options, Report report) {
        var medians = new EnumMap<ServiceJar, Double>(ServiceJar.class);
        for (var service : platform.services()) {
            var seconds = new ArrayList<Double>();
            for (int i = 0; i < times; i++) {
                seconds.add(start(service, options.getOrDefault(service.service(), List.of())));
            }
            double median = new Samples(seconds).median();
            medians.put(service.service(), median);
            report.figure("start to ready" + how + ", " + service.service().principal(), median, "s");
        }
        return medians;
    }

    private static double start(RunningService service, List<String> options) {
        service.stop();
        long begin = System.nanoTime();
        service.restart(options);
        service.awaitReady();
        return (System.nanoTime() - begin) / 1e9;
    }

    void memory(String when, Report report) {
        for (var service : platform.services()) {
            report.figure(
                    "memory (RSS) " + when + ", " + service.service().principal(),
                    Processes.residentMegabytes(service.pid()),
                    "MB");
        }
    }

    /** Watches the services while nothing happens: once while the start still echoes in the compiler, once after that. */
    void idle(int seconds, Report report) {
        watch(seconds, "just after the start", report);
        watch(seconds, "later", report);
        memory("idle", report);
    }

    private void watch(int seconds, String when, Report report) {
        var before = Processes.cpu(platform);
        long begin = System.nanoTime();
        long end = begin + Duration.ofSeconds(seconds).toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        double millis = (System.nanoTime() - begin) / 1e6;
        Processes.cpuSince(platform, before)
                .forEach((service, spent) -> report.figure(
                        "idle processor time " + when + ", " + service.principal(),
                        100 * Objects.requireNonNull(spent) / millis,
                        "% of core"));
    }
}
