package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.Scratch;

/** JDK 25's ahead-of-time cache: a training run of each service writes it, later starts begin with its classes and profiles. */
final class AotCache {
    /** After the end of a training run the JVM assembles the cache; that takes most of a minute on a small machine. */
    private static final Duration ASSEMBLY = Duration.ofMinutes(4);

    private final Platform platform;
    private final Path folder = Scratch.folder("aot");

    AotCache(Platform platform) {
        this.platform = platform;
    }

    /** Trains all services one by one, the same exercise for each, and measures the starts that follow; leaves them running without the cache. */
    void measure(int starts, Runnable exercise, ServiceCost cost, Report report) {
        long begin = System.nanoTime();
        // One by one: a JVM that records is slow, four of them would be in each other's way.
        platform.services().forEach(service -> train(service, exercise));
        report.figure("AOT cache, making all four", (System.nanoTime() - begin) / 1e9, "s");
        var made = platform.services().stream().allMatch(service -> Files.isRegularFile(file(service)));
        report.must(made, "each training run left a cache");
        if (made) {
            report.figure("AOT cache, size of all four", size(), "MB");
            cost.starts(starts, " with AOT cache", options(), report);
            cost.memory("with AOT cache", report);
        }
        platform.services().forEach(RunningService::restart);
        platform.services().forEach(RunningService::awaitReady);
    }

    private void train(RunningService service, Runnable exercise) {
        service.restart(List.of("-XX:AOTCacheOutput=" + file(service)));
        service.awaitReady();
        exercise.run();
        service.stop(ASSEMBLY);
        service.restart();
        service.awaitReady();
    }

    /** Mode {@code on}: a cache that does not fit stops the JVM, so a start that was measured did use it. */
    private Map<ServiceJar, List<String>> options() {
        var options = new EnumMap<ServiceJar, List<String>>(ServiceJar.class);
        platform.services()
                .forEach(service ->
                        options.put(service.service(), List.of("-XX:AOTMode=on", "-XX:AOTCache=" + file(service))));
        return options;
    }

    private Path file(RunningService service) {
        return folder.resolve(service.service().shortName() + ".aot");
    }

    private double size() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".aot"))
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
