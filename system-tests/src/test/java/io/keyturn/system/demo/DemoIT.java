package io.keyturn.system.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.keyturn.testbed.demo.Demo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo as {@code make demo ONCE=1} starts it once tools and jars are there; it checks its claims by itself. */
class DemoIT {
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
    private static final String TIME = " *[0-9.]+ s  ";

    @Test
    void oneRoundKeepsWhatItClaimsAndIsNeverSilentForLong() throws IOException, InterruptedException {
        var demo = Transcript.of(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Demo.class.getName(),
                        "--once"),
                Path.of("."),
                Duration.ofMinutes(5));
        var said = demo.lines();

        assertThat(demo.exit()).as(demo.text()).isZero();
        assertThat(said)
                .contains("== All claims hold")
                .contains("  ok      0 failed logins while it ran")
                .contains("  ok      the retired password is refused (SQLSTATE 28P01)")
                .contains("  ok      the rotation went back by itself")
                .noneMatch(line -> line.contains("BROKEN"));
        assertThat(said)
                .as("what is told meanwhile")
                .anyMatch(line -> line.matches(TIME + "logins per second +\\S+ [1-9]\\d*.*, failed: 0"))
                .anyMatch(line -> line.matches(TIME + "pod ready +orders-api-\\S+"))
                .anyMatch(line -> line.matches(" +#\\d+ +\\S+Z +io\\.keyturn\\.rotation\\.succeeded\\.v1"))
                .anyMatch(line -> line.matches(" +#\\d+ +\\S+Z +io\\.keyturn\\.rotation\\.rolled-back\\.v1"));
        assertThat(steps(said))
                .containsSubsequence("adopted", "started", "generated", "applied", "tested", "promoted", "published")
                .containsSubsequence("consumers-moved", "retired", "succeeded", "rolled-back");
        assertThat(demo.silence()).isLessThan(LONGEST_SILENCE);
    }

    /** The steps of the rotations, in the order in which they were shown. */
    private static List<String> steps(List<String> said) {
        return said.stream()
                .filter(line -> line.matches(TIME + "rotation\\..*"))
                .map(line -> line.replaceFirst(".* s  rotation\\.([a-z-]+).*", "$1"))
                .toList();
    }
}
