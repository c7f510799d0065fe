package io.keyturn.kit.backoff;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The pauses between tries. */
class ExponentialBackOffTest {
    private static final ExponentialBackOff BACK_OFF =
            new ExponentialBackOff(Duration.ofMillis(500), Duration.ofSeconds(15));
    private static final List<Duration> LONGEST = IntStream.of(500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000)
            .mapToObj(Duration::ofMillis)
            .toList();

    @Proves("I9")
    @Test
    void growToTheLongestAndAreNeverShorterThanHalfOfTheirLength() {
        for (int tries = 0; tries < 80; tries++) {
            var longest = LONGEST.get(Math.min(tries, LONGEST.size() - 1));
            assertThat(BACK_OFF.after("r1", tries)).isBetween(longest.dividedBy(2), longest);
        }
    }

    @Test
    void areSpreadWhereManyTasksFailAtOnce() {
        var pauses = IntStream.range(0, 1000)
                .mapToObj(task -> BACK_OFF.after("r" + task, 10).toMillis())
                .toList();
        for (long from = 7_500; from < 15_000; from += 750) {
            long low = from;
            assertThat(pauses.stream().filter(pause -> pause >= low && pause < low + 750))
                    .as("of a thousand, from %d ms", low)
                    .hasSizeBetween(50, 150);
        }
    }

    @Test
    void areTheSameWheneverTheyAreAskedFor() {
        assertThat(BACK_OFF.total("r1", 3))
                .isEqualTo(BACK_OFF.after("r1", 0).plus(BACK_OFF.after("r1", 1)).plus(BACK_OFF.after("r1", 2)));
    }
}
