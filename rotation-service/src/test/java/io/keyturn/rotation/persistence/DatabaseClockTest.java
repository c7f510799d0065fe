package io.keyturn.rotation.persistence;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseClockTest {
    private static final Instant WRONG = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant RIGHT = Instant.parse("2026-11-29T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong(-5);
    private final DatabaseClock clock = new DatabaseClock(Clock.fixed(WRONG, ZoneOffset.UTC), nanos::get);

    @Test
    void ownClockCountsUntilTheDatabaseIsAsked() {
        assertThat(clock.instant()).isEqualTo(WRONG);
    }

    @Test
    void timeGoesOnFromTheAnswerOfTheDatabaseWhateverTheOwnClockSays() {
        clock.set(RIGHT, nanos.get());
        nanos.addAndGet(Duration.ofSeconds(90).toNanos());

        assertThat(clock.instant()).isEqualTo(RIGHT.plusSeconds(90));

        clock.set(RIGHT.plusSeconds(30), nanos.get());
        assertThat(clock.instant()).as("its clock was set back").isEqualTo(RIGHT.plusSeconds(30));
    }

    @Test
    void answerThatTookLongIsDatedHalfway() {
        long asked = nanos.getAndAdd(Duration.ofSeconds(4).toNanos());

        clock.set(RIGHT, asked);

        assertThat(clock.instant()).isEqualTo(RIGHT.plusSeconds(2));
    }
}
