package io.keyturn.watcher.due;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;

/**
 * Spreads what is due by schedule: after a long time off, or when many schedules fall together, thousands may be overdue in the same
 * moment. A minute's worth is asked for at once, the others get places in line, one after the other.
 */
public final class StartRate {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Duration between;
    private final Map<ObjectRef, Place> places = new HashMap<>();
    private Instant free = Instant.MIN;

    /** Of a run that has not been asked for yet. */
    private record Place(RotationId run, Instant at) {}

    public StartRate(int perMinute) {
        between = MINUTE.dividedBy(perMinute);
    }

    /** When the run may be asked for; the same however often it is looked up. */
    public synchronized Instant placeOf(ObjectRef policy, RotationId run, Instant now) {
        var place = places.get(policy);
        if (place == null || !place.run().equals(run)) {
            place = new Place(run, take(now));
            places.put(policy, place);
        }
        return place.at();
    }

    /** It has been asked for, or is none any more. */
    public synchronized void leave(ObjectRef policy) {
        places.remove(policy);
    }

    private Instant take(Instant now) {
        var saved = now.minus(MINUTE).plus(between);
        // Where the clock was set back, nobody waits for longer than those who are in line.
        var last = now.plus(between.multipliedBy(places.size() + 1L));
        free = free.isBefore(saved) ? saved : free.isAfter(last) ? last : free;
        var taken = free;
        free = free.plus(between);
        return taken;
    }
}
