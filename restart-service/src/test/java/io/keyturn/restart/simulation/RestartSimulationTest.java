package io.keyturn.restart.simulation;

import java.util.stream.LongStream;

import io.keyturn.restart.simulation.RestartSimulation.Report;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Intake, plans, patches and their facts in many worlds, each under its own seed. A failure names the seed and tells the story; the same
 * seed fails again in the same way: {@code -Dkeyturn.simulation.seed=… -Dkeyturn.simulation.worlds=1}.
 */
@ExtendWith(Silence.class)
class RestartSimulationTest {
    private static final int WORLDS = Integer.getInteger("keyturn.simulation.worlds", 1_000);
    private static final long FIRST_SEED = Long.getLong("keyturn.simulation.seed", 1);
    /** Within how many worlds a mistake must have done harm. */
    private static final int PATIENCE = 6_000;
    /** In so many worlds what is tolerated must be rare. */
    private static final int ENOUGH = 1_000;

    @Proves({"R08", "R23", "R37", "I5", "I8"})
    @Test
    void everyReaderIsRolledOnceForEveryContent() {
        var reports = LongStream.range(FIRST_SEED, FIRST_SEED + WORLDS)
                .parallel()
                .mapToObj(seed ->
                        RestartSimulation.play(seed, RestartMistake.NONE).withoutStory())
                .toList();
        if (WORLDS >= ENOUGH) {
            assertThat(reports.stream().mapToInt(Report::late).sum()).isLessThan(WORLDS / 10);
            assertThat(reports.stream().mapToInt(Report::crossed).sum()).isLessThan(WORLDS / 3);
            assertThat(reports.stream().mapToInt(Report::missed).sum()).isLessThan(WORLDS / 50);
        }
    }

    @Test
    void sameSeedIsTheSameStory() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(RestartSimulation.play(seed, RestartMistake.NONE).story().get())
                    .isEqualTo(RestartSimulation.play(seed, RestartMistake.NONE)
                            .story()
                            .get());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void mistakeIsFound(RestartMistake mistake) {
        assertThat(LongStream.rangeClosed(1, PATIENCE).parallel().anyMatch(seed -> doesHarm(seed, mistake)))
                .as("harm done in %d worlds", PATIENCE)
                .isTrue();
    }

    @SuppressWarnings("AssertionFailureIgnored")
    private static boolean doesHarm(long seed, RestartMistake mistake) {
        try {
            RestartSimulation.play(seed, mistake);
            return false;
        } catch (AssertionError found) {
            return true;
        }
    }
}
