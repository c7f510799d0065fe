package io.keyturn.rotation.persistence;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.bed.ClaimedRow;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.postgres.PostgresServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A process whose own clock is wrong by an hour, beside the real database. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class DatabaseClockIT {
    private static final Duration CLAIM = Duration.ofSeconds(24);

    @Inject
    Clock clock;

    @Inject
    UnitOfWork unit;

    @Inject
    DriftStore drifts;

    @Inject
    Mutiny.SessionFactory sessions;

    private final PostgresServer postgres = Testbed.shared().postgres();
    private final ClaimedRow row = new ClaimedRow();

    @AfterEach
    void forgetTheRun() {
        row.delete();
    }

    @Test
    void serviceGoesByIt() {
        assertThat(clock).isInstanceOf(DatabaseClock.class);
    }

    /** Else a claim would be over before it began, or last for an hour after its process died; and an hour would pass before the next try. */
    @Proves({"R13", "R41"})
    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void claimsAndPausesAreAsLongAsTheyShouldBe(long wrongBySeconds) {
        var wrong = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(wrongBySeconds));
        var store = new RotationStore(unit, drifts, sessions, new DatabaseClock(wrong, System::nanoTime));
        // Nothing is claimed here, so that no run is taken from the service; it is asked for the time all the same.
        Bridge.await(() -> store.claim("us", List.of(), 0, CLAIM));
        var run = row.insert(Duration.ofMinutes(1));
        var state = run.state();

        var going = Bridge.await(() -> store.commit(run, decision(state, Duration.ZERO), null, null, CLAIM, null))
                .orElseThrow();
        assertThat(secondsUntil("claimed_until")).isBetween(20.0, 25.0);
        assertThat(secondsUntil("state_since")).isBetween(-4.0, 1.0);

        Bridge.await(() -> store.commit(going, decision(state, Duration.ofSeconds(30)), null, null, CLAIM, null));
        assertThat(secondsUntil("due_at")).isBetween(26.0, 31.0);
    }

    private static Decision decision(RotationState state, Duration delay) {
        return new Decision(state, List.of(), delay, false);
    }

    /** As the database counts them. */
    private double secondsUntil(String column) {
        try (var connection = postgres.connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select extract(epoch from " + column
                        + " - clock_timestamp()) from rotation where id = '" + row.id() + "'")) {
            rows.next();
            return rows.getDouble(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
