package io.keyturn.system.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.keyturn.testbed.demo.Demo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo as {@code make demo ONCE=1} starts it once tools and jars are there; it checks its claims by itself. */
class DemoIT {
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

    @Test
    void oneRoundKeepsWhatItClaimsAndIsNeverSilentForLong() throws IOException, InterruptedException {
        var demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Demo.class.getName(),
                        "--once")
                .redirectErrorStream(true)
                .start();
        // Whoever reads from a process cannot be interrupted: its end is the end of the reading.
        var limit = CompletableFuture.runAsync(
                demo::destroyForcibly, CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES));
        var said = new ArrayList<String>();
        var silence = Duration.ZERO;
        try (var lines = demo.inputReader()) {
            long last = System.nanoTime();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                long now = System.nanoTime();
                silence = longer(silence, Duration.ofNanos(now - last));
                last = now;
            }
            silence = longer(silence, Duration.ofNanos(System.nanoTime() - last));
        } finally {
            limit.cancel(false);
            demo.destroy();
        }
        var text = String.join("\n", said);

        assertThat(demo.waitFor()).as(text).isZero();
        assertThat(said)
                .contains("== All claims hold")
                .contains("  ok      0 failed logins while it ran")
                .contains("  ok      the retired password is refused (SQLSTATE 28P01)")
                .contains("  ok      the rotation went back by itself")
                .noneMatch(line -> line.contains("BROKEN"));
        assertThat(steps(said))
                .containsSubsequence("adopted", "started", "generated", "applied", "tested", "promoted", "published")
                .containsSubsequence("consumers-moved", "retired", "succeeded", "rolled-back");
        assertThat(silence).isLessThan(LONGEST_SILENCE);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** The steps of the rotations, in the order in which they were shown. */
    private static List<String> steps(List<String> said) {
        return said.stream()
                .filter(line -> line.matches(" *[0-9.]+ s  rotation\\..*"))
                .map(line -> line.replaceFirst(".* s  rotation\\.([a-z-]+).*", "$1"))
                .toList();
    }
}
