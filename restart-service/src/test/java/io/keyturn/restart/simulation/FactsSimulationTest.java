package io.keyturn.restart.simulation;

import java.util.stream.LongStream;

import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Inbox, outbox and relay in many worlds, each under its own seed. A failure names the seed and tells the story; the same seed fails
 * again in the same way: {@code -Dkeyturn.simulation.seed=… -Dkeyturn.simulation.worlds=1}.
 */
@ExtendWith(Silence.class)
class FactsSimulationTest {
    private static final int WORLDS = Integer.getInteger("keyturn.simulation.worlds", 2_000);
    private static final long FIRST_SEED = Long.getLong("keyturn.simulation.seed", 1);
    /** Within how many worlds a mistake must have done harm. */
    private static final int PATIENCE = 3_000;
    /** In so many worlds who stood still is too late in one of twenty at most. */
    private static final int ENOUGH = 1_000;

    @Proves({"R23", "I4", "I8"})
    @Test
    void everyFactIsCarriedInOrderAndEveryEventHasOneEffect() {
        var late = LongStream.range(FIRST_SEED, FIRST_SEED + WORLDS)
                .parallel()
                .map(seed -> FactsSimulation.play(seed, FactsMistake.NONE).late())
                .sum();
        if (WORLDS >= ENOUGH) {
            assertThat(late).isLessThan(WORLDS / 20);
        }
    }

    @Test
    void sameSeedIsTheSameStory() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(FactsSimulation.play(seed, FactsMistake.NONE).story().get())
                    .isEqualTo(FactsSimulation.play(seed, FactsMistake.NONE)
                            .story()
                            .get());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void mistakeIsFound(FactsMistake mistake) {
        assertThat(LongStream.rangeClosed(1, PATIENCE).parallel().anyMatch(seed -> doesHarm(seed, mistake)))
                .as("harm done in %d worlds", PATIENCE)
                .isTrue();
    }

    @SuppressWarnings("AssertionFailureIgnored")
    private static boolean doesHarm(long seed, FactsMistake mistake) {
        try {
            FactsSimulation.play(seed, mistake);
            return false;
        } catch (AssertionError found) {
            return true;
        }
    }
}
