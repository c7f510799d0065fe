package io.keyturn.system.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The first minutes of {@code make demo}: tools and jars are prepared side by side, and one sees that something goes on. */
class TogetherIT {
    @TempDir
    Path folder;

    @Test
    void jobsRunSideBySideAndAreNeverSilentForLong() throws Exception {
        var run = together(
                "quick", "touch beside", "slow", "echo fetching; until [ -e beside ]; do sleep 0.1; done; sleep 20");

        assertThat(run.exit()).as(run.text()).isZero();
        assertThat(run.lines())
                .contains("  quick: started", "  slow: started")
                .anyMatch(line -> line.matches("  quick: done in \\d s"))
                .anyMatch(line -> line.matches("  slow: \\d+ s … fetching"))
                .last()
                .asString()
                .matches("  slow: done in 2\\d s");
        assertThat(run.silence()).isLessThan(DemoIT.LONGEST_SILENCE);
    }

    @Test
    void theFirstThatFailsStopsTheOthersAndItsExitCodeIsPassedOn() throws Exception {
        var run = together(
                "endless",
                "sleep 600 & echo $! > pid; wait",
                "failing",
                "until [ -s pid ]; do sleep 0.1; done; echo why; exit 3");

        assertThat(run.exit()).as(run.text()).isEqualTo(3);
        assertThat(run.lines()).contains("  endless: started", "why").noneMatch(line -> line.contains("done in"));
        var started = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        await("what the other job started has ended")
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.of(started).isEmpty());
    }

    private Transcript together(String... jobs) throws Exception {
        var build = Tools.repository().resolve("build");
        var command = new ArrayList<>(List.of(
                build.resolve("python").toString(), build.resolve("together").toString()));
        command.addAll(List.of(jobs));
        return Transcript.of(command, folder, Duration.ofMinutes(1));
    }
}
