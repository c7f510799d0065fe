package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateTest {
    private final Rate rate = new Rate();

    @Test
    void whoStandsStillIsCounted() {
        happens(10, 0);
        happens(11, 6);
        happens(14, 6);
        happens(15, 9);

        assertThat(rate.perSecond(List.of())).as("of 11, 12, 13 and 14").isEqualTo(3);
    }

    @Test
    void secondsThatAreTouchedAreNot() {
        happens(10, 0);
        happens(11, 6);
        happens(12, 1);
        happens(13, 8);
        happens(15, 0);

        var without = List.of(new Span(Instant.ofEpochSecond(12, 5), Instant.ofEpochSecond(12, 7)));
        assertThat(rate.perSecond(without)).as("of 11, 13 and 14").isEqualTo(14 / 3.0);
    }

    @Test
    void nothingIsNothing() {
        assertThat(rate.perSecond(List.of())).isZero();
    }

    /** Once more than that, so that the second is known. */
    private void happens(long second, int times) {
        IntStream.range(0, Math.max(1, times)).forEach(i -> rate.count(Instant.ofEpochSecond(second, i)));
    }
}
