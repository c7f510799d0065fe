package io.keyturn.system.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.keyturn.testbed.process.Child;

/**
 * What a program said from its start to its end.
 *
 * @param silence the longest time between two lines, or a line and the end
 */
record Transcript(List<String> lines, Duration silence, int exit) {
    /** Runs a program that dies with this JVM, and is killed when it takes longer than that. */
    static Transcript of(List<String> command, Path folder, Duration limit) throws IOException, InterruptedException {
        var process = new ProcessBuilder(Child.dyingWithUs(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        // Whoever reads from a process cannot be interrupted: its end is the end of the reading.
        var killed = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
        var said = new ArrayList<String>();
        var silence = Duration.ZERO;
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            long last = System.nanoTime();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                long now = System.nanoTime();
                silence = longer(silence, Duration.ofNanos(now - last));
                last = now;
            }
            silence = longer(silence, Duration.ofNanos(System.nanoTime() - last));
        } finally {
            killed.cancel(false);
            process.destroy();
        }
        return new Transcript(List.copyOf(said), silence, process.waitFor());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    String text() {
        return String.join("\n", lines);
    }
}
