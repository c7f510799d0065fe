package io.keyturn.system.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.keyturn.testbed.demo.Demo;
import io.keyturn.testbed.process.Child;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The demo as {@code make demo} leaves it on a terminal: a visitor does what it says, then presses Ctrl-C. */
class StayingDemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<String> said = new CopyOnWriteArrayList<>();

    @Test
    void visitorBreaksTheHealthCheckSeesItRollBackAndLeavesNothingBehind() throws Exception {
        var demo = new ProcessBuilder(Child.dyingWithUs(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Demo.class.getName())))
                .redirectErrorStream(true)
                .start();
        Thread.ofVirtual().start(() -> listen(demo));
        try {
            awaitLine("  logs  .*");

            follow("break");
            follow("rotate");
            awaitLine(".* rotation\\.rolled-back .*");

            assertThat(said)
                    .filteredOn(line -> line.contains("failed:"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith("failed: 0"));
            var children = demo.descendants().toList();
            assertThat(children).as("servers and services").hasSizeGreaterThan(8);
            run("kill -INT " + demo.pid());
            await("the end").atMost(Duration.ofSeconds(30)).until(() -> !demo.isAlive());
            await("nobody is left")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }

    /** Types what the line of that name says, after what is to be typed first. */
    private void follow(String what) throws IOException, InterruptedException {
        var first = said.stream()
                .filter(line -> line.contains(" export "))
                .map(line -> line.substring(line.indexOf("export ")))
                .collect(Collectors.joining("\n"));
        var command = said.stream()
                .filter(line -> line.startsWith("  " + what + " "))
                .map(line -> line.substring(line.indexOf("kubectl")))
                .findFirst()
                .orElseThrow();
        run(first + "\n" + command);
    }

    private static void run(String script) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("bash", "-euc", script)
                .redirectErrorStream(true)
                .start();
        var output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(output).isZero();
    }

    private void awaitLine(String pattern) {
        await(pattern).atMost(PATIENCE).until(() -> said.stream().anyMatch(line -> line.matches(pattern)));
    }

    private void listen(Process demo) {
        try (var lines = demo.inputReader(StandardCharsets.UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
