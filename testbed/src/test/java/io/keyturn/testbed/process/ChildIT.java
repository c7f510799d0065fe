package io.keyturn.testbed.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class ChildIT {

    /** Main class of the parent that the tests kill: starts a child, says its process id and data folder, and waits. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            Path data = Scratch.folder("data");
            // From a thread that ends at once: the child must outlive the thread, not the JVM.
            Thread starter = new Thread(() -> {
                Child child = Child.start("sleeper", List.of("sleep", "600"), Map.of());
                System.out.println(child.pid() + " " + data);
            });
            starter.start();
            starter.join();
            if (arguments.length > 0) {
                return;
            }
            Thread.currentThread().join();
        }
    }

    @Test
    void childDiesWithAKilledParentAndTheNextRunSweepsItsData(@TempDir Path run) throws Exception {
        Process parent = parent(run);
        String[] said = firstLine(parent);
        ProcessHandle child = ProcessHandle.of(Long.parseLong(said[0])).orElseThrow();
        await().during(Duration.ofMillis(300)).until(child::isAlive);

        parent.destroyForcibly().waitFor();

        await().atMost(Duration.ofSeconds(5)).until(() -> !child.isAlive());
        assertThat(Path.of(said[1])).exists();
        assertThat(parent(run, "end").waitFor()).isZero();
        assertThat(Path.of(said[1])).doesNotExist();
    }

    @Test
    void nothingIsLeftBehindWhenTheParentEnds(@TempDir Path run) throws Exception {
        Process parent = parent(run, "end");
        String[] said = firstLine(parent);

        assertThat(parent.waitFor()).isZero();

        assertThat(ProcessHandle.of(Long.parseLong(said[0])).map(ProcessHandle::isAlive))
                .isNotEqualTo(Optional.of(true));
        assertThat(Path.of(said[1])).doesNotExist();
    }

    @Test
    void serverThatStopsByItselfIsReportedWithTheEndOfItsLog() {
        try (Child child = Child.start("broken", List.of("sh", "-c", "echo no such thing; exit 3"), Map.of())) {
            assertThatThrownBy(() -> child.await(Duration.ofSeconds(20), () -> false))
                    .isInstanceOf(StartFailed.class)
                    .hasMessageContaining("broken stopped")
                    .hasMessageContaining("no such thing")
                    .hasMessageContaining(RunFolder.log("broken").toString());
        }
    }

    private static Process parent(Path run, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-D" + RunFolder.PROPERTY + "=" + run,
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(Files.createTempFile(run, "parent", ".err").toFile())
                .start();
    }

    private static String[] firstLine(Process process) throws IOException {
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        return String.valueOf(reader.readLine()).split(" ");
    }
}
