package io.keyturn.watcher.due;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartRateTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final RotationId RUN = new RotationId("r1");

    private final StartRate rate = new StartRate(6);

    private static ObjectRef policy(int number) {
        return ObjectRef.secretRotation("shop", "db-" + number);
    }

    private List<Instant> places(int first, int many, Instant now) {
        var places = new ArrayList<Instant>();
        for (int i = first; i < first + many; i++) {
            places.add(rate.placeOf(policy(i), RUN, now));
        }
        return places;
    }

    @Proves("R42")
    @Test
    void ofThousandsThatAreOverdueAMinutesWorthBeginsAtOnceAndTheRestOneAfterTheOther() {
        var places = places(0, 3000, START);

        assertThat(places).filteredOn(at -> !at.isAfter(START)).hasSize(6);
        for (int i = 6; i < places.size(); i++) {
            assertThat(places.get(i)).isEqualTo(places.get(i - 1).plusSeconds(10));
        }
        assertThat(places.get(6)).isEqualTo(START.plusSeconds(10));
    }

    @Test
    void whoeverHasAPlaceKeepsIt() {
        var places = places(0, 20, START);

        assertThat(places(0, 20, START.plusSeconds(30))).isEqualTo(places);
        rate.leave(policy(0));
        assertThat(rate.placeOf(policy(0), RUN, START.plusSeconds(30))).isAfter(places.getLast());
        assertThat(rate.placeOf(policy(1), new RotationId("r2"), START.plusSeconds(30)))
                .as("the next run of the same")
                .isAfter(places.getLast());
    }

    @Test
    void quietTimeIsSavedUpForAMinuteAndNoLonger() {
        places(0, 6, START);
        var later = START.plus(Duration.ofHours(3));

        assertThat(places(10, 20, later)).filteredOn(at -> !at.isAfter(later)).hasSize(6);
    }

    @Test
    void clockThatWasSetBackMakesNobodyWaitForIt() {
        places(0, 8, START);
        for (int i = 0; i < 8; i++) {
            rate.leave(policy(i));
        }
        var before = START.minus(Duration.ofHours(1));

        assertThat(rate.placeOf(policy(9), RUN, before)).isBefore(before.plusSeconds(11));
    }
}
