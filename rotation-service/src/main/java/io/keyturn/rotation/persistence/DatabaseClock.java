package io.keyturn.rotation.persistence;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * The time of the database of the runs, which all processes share: when a claim ends and a run is due is compared there, so what is
 * written there is told by the same clock. A process's own clock, which may be wrong or jump, counts until the database is first asked.
 */
@Singleton
class DatabaseClock extends Clock {
    /** How long an answer is good for; meanwhile time goes on as the monotonic clock of the process has it. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(10);

    private final Clock own;
    private final LongSupplier nanos;
    private volatile @Nullable Answer answer;

    private record Answer(Instant at, long nanos) {}

    @Inject
    DatabaseClock() {
        this(Clock.systemUTC(), System::nanoTime);
    }

    DatabaseClock(Clock own, LongSupplier nanos) {
        super();
        this.own = own;
        this.nanos = nanos;
    }

    /** Asks the database, in that session, if it has not been asked for a while. */
    Uni<Void> set(Mutiny.Session session) {
        var last = answer;
        long asked = nanos.getAsLong();
        return last != null && asked - last.nanos() < GOOD_FOR.toNanos()
                ? Uni.createFrom().voidItem()
                : session.createNativeQuery("select clock_timestamp()", Instant.class)
                        .getSingleResult()
                        .invoke(at -> set(at, asked))
                        .replaceWithVoid();
    }

    /** It was so late there halfway between the question and now, the answer: that is wrong by half of the time between at most. */
    void set(Instant at, long asked) {
        answer = new Answer(at, asked + (nanos.getAsLong() - asked) / 2);
    }

    @Override
    public Instant instant() {
        var last = answer;
        return last == null ? own.instant() : last.at().plusNanos(nanos.getAsLong() - last.nanos());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** Only instants are asked for. */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a clock of instants");
    }
}
