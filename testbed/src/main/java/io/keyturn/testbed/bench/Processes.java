package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;
import org.awaitility.Awaitility;

/** Processor time and memory of the services, as the kernel counts them. */
final class Processes {
    /** The kernel's unit in {@code /proc}: USER_HZ, 100 on every Linux for x86-64. */
    private static final double MILLIS_PER_TICK = 10;

    /** Fields of {@code /proc/<pid>/stat} after the name in brackets: utime and stime. */
    private static final int UTIME = 11;

    /** Idle services take less than that in {@link #QUIET}, all together. */
    private static final double QUIET_MILLIS = 150;

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private Processes() {}

    /** Milliseconds each service has spent on a processor since it started. */
    static Map<ServiceJar, Double> cpu(Platform platform) {
        var spent = new EnumMap<ServiceJar, Double>(ServiceJar.class);
        platform.services().forEach(service -> spent.put(service.service(), cpu(service.pid())));
        return spent;
    }

    /** What each has spent since then. */
    static Map<ServiceJar, Double> cpuSince(Platform platform, Map<ServiceJar, Double> before) {
        var spent = cpu(platform);
        spent.replaceAll((service, now) -> now - Objects.requireNonNull(before.get(service)));
        return spent;
    }

    /** Waits until the services have caught up with what was done, so that its cost is whole. */
    static void awaitQuiet(Platform platform) {
        var last = new AtomicReference<>(total(platform));
        Awaitility.await("quiet services")
                .atMost(PATIENCE)
                .pollDelay(QUIET)
                .pollInterval(QUIET)
                .until(() -> {
                    double now = total(platform);
                    return now - last.getAndSet(now) < QUIET_MILLIS;
                });
    }

    private static double total(Platform platform) {
        return cpu(platform).values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Tells what one piece of work cost each service, of so many. */
    static void tellCost(String piece, Map<ServiceJar, Double> millis, double pieces, Report report) {
        millis.forEach((service, spent) ->
                report.figure("  processor time per " + piece + ", " + service.principal(), spent / pieces, "ms"));
    }

    private static double cpu(long pid) {
        var stat = read("/proc/" + pid + "/stat");
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) * MILLIS_PER_TICK;
    }

    /** Resident memory in MB (10^6 bytes). */
    static double residentMegabytes(long pid) {
        return read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                .findFirst()
                .orElseThrow();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
