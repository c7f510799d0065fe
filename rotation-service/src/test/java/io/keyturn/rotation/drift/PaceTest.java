package io.keyturn.rotation.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;

import io.keyturn.rotation.policy.RotationPolicy.DriftPlan;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PaceTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant NOW = Instant.parse("2026-01-01T00:17:03.250Z");

    @Test
    void nextLookComesWithinTheIntervalAndNeverNow() {
        for (int i = 0; i < 1000; i++) {
            assertThat(Pace.next("uid-" + i, HOUR, NOW)).isAfter(NOW).isBeforeOrEqualTo(NOW.plus(HOUR));
        }
        var exact = Pace.next("uid", HOUR, NOW);
        assertThat(Pace.next("uid", HOUR, exact)).isEqualTo(exact.plus(HOUR));
    }

    @Test
    void restartMovesNoLook() {
        var before = Pace.next("uid", HOUR, NOW);

        assertThat(Pace.next("uid", HOUR, before.minusMillis(1))).isEqualTo(before);
    }

    @Test
    void manyAreSpreadEvenlyOverTheInterval() {
        var perMinute = new int[60];
        IntStream.range(0, 6000)
                .mapToObj(i -> new UUID(i, i).toString())
                .map(uid -> Pace.next(uid, HOUR, NOW))
                .forEach(at ->
                        perMinute[(int) Math.min(59, Duration.between(NOW, at).toMinutes())]++);

        assertThat(IntStream.of(perMinute))
                .allSatisfy(looks -> assertThat(looks).isBetween(50, 150));
    }

    @Test
    void repairsOfOneFindingComeEverMoreSeldomDownToOneADay() {
        var plan = new DriftPlan(HOUR, true);

        assertThat(plan.pauseAfter(1)).isEqualTo(HOUR);
        assertThat(plan.pauseAfter(2)).isEqualTo(Duration.ofHours(2));
        assertThat(plan.pauseAfter(5)).isEqualTo(Duration.ofHours(16));
        assertThat(plan.pauseAfter(6)).isEqualTo(Duration.ofDays(1));
        assertThat(plan.pauseAfter(1_000_000)).isEqualTo(Duration.ofDays(1));
        assertThat(new DriftPlan(Duration.ofDays(7), true).pauseAfter(9)).isEqualTo(Duration.ofDays(7));
        assertThat(new DriftPlan(Duration.ofMinutes(1), true).pauseAfter(99)).isEqualTo(Duration.ofDays(1));
    }
}
