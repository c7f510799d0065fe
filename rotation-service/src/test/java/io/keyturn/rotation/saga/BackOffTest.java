package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The pauses between tries. */
class BackOffTest {
    private static final List<Duration> LONGEST = IntStream.of(500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000)
            .mapToObj(Duration::ofMillis)
            .toList();

    @Test
    void growToAQuarterOfAMinuteAndAreNeverShorterThanHalfOfTheirLength() {
        for (int tries = 0; tries < 80; tries++) {
            var longest = LONGEST.get(Math.min(tries, LONGEST.size() - 1));
            assertThat(BackOff.next(at("r1", tries))).isBetween(longest.dividedBy(2), longest);
        }
    }

    @Test
    void areSpreadWhereManyRunsFailAtOnce() {
        var pauses = IntStream.range(0, 1000)
                .mapToObj(run -> BackOff.next(at("r" + run, 10)).toMillis())
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
        assertThat(BackOff.total(at("r1", 3)))
                .isEqualTo(BackOff.next(at("r1", 0))
                        .plus(BackOff.next(at("r1", 1)))
                        .plus(BackOff.next(at("r1", 2))));
    }

    private static Situation at(String run, int tries) {
        var ref = new RunRef(new RotationId(run), Sagas.RUN.policy());
        return new Situation(ref, Sagas.START, Sagas.START, tries, Sagas.LIMITS);
    }
}
