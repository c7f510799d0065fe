package io.keyturn.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;

/** Resident memory of the services as time goes by. A process that is killed begins anew: each is judged by itself. */
final class Memory implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(5);
    /** Until then classes are loaded and compiled, and the heap grows to what it needs. */
    private static final int WARM_UP_SAMPLES = 12;

    private static final int ENOUGH_SAMPLES = 12;

    private final Platform platform;
    private final Map<ServiceJar, Map<Long, List<Double>>> megabytes = new EnumMap<>(ServiceJar.class);
    private final Thread thread;
    private volatile boolean closed;

    Memory(Platform platform) {
        this.platform = platform;
        this.thread = Thread.ofVirtual().start(this::sample);
    }

    private void sample() {
        while (!closed) {
            for (var service : platform.services()) {
                var resident = resident(service.pid());
                if (resident.isPresent()) {
                    take(service.service(), service.pid(), resident.getAsDouble());
                }
            }
            Injector.sleep(EVERY);
        }
    }

    private synchronized void take(ServiceJar service, long pid, double now) {
        megabytes
                .computeIfAbsent(service, _ -> new LinkedHashMap<>())
                .computeIfAbsent(pid, _ -> new ArrayList<>())
                .add(now);
    }

    /** MB (10^6 bytes); empty if the process has ended. */
    private static OptionalDouble resident(long pid) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException e) {
            return OptionalDouble.empty();
        }
    }

    /** How much that service's memory grows, MB per minute, over all of its processes that lived for long enough; NaN if none did. */
    synchronized double slope(ServiceJar service) {
        double weighted = 0;
        int samples = 0;
        for (var life : Objects.requireNonNullElse(megabytes.get(service), Map.<Long, List<Double>>of())
                .values()) {
            if (life.size() >= WARM_UP_SAMPLES + ENOUGH_SAMPLES) {
                var warm = life.subList(WARM_UP_SAMPLES, life.size());
                weighted += perSample(warm) * warm.size();
                samples += warm.size();
            }
        }
        return samples == 0
                ? Double.NaN
                : weighted / samples * Duration.ofMinutes(1).toSeconds() / EVERY.toSeconds();
    }

    /** The largest that was seen. */
    synchronized double largest(ServiceJar service) {
        return Objects.requireNonNullElse(megabytes.get(service), Map.<Long, List<Double>>of()).values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(Double.NaN);
    }

    /** The slope of the line that fits best. */
    static double perSample(List<Double> values) {
        double middle = (values.size() - 1) / 2.0;
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double over = 0;
        double under = 0;
        for (int i = 0; i < values.size(); i++) {
            over += (i - middle) * (values.get(i) - mean);
            under += (i - middle) * (i - middle);
        }
        return over / under;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
