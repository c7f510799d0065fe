package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.event.RotationEvent;

/**
 * What follows: the next state, the facts to state in the same transaction, and how long to wait before its command runs.
 *
 * @param again true when the same command is to be tried again, in the same state, at most with a write dated anew; its time goes on
 */
public record Decision(RotationState next, List<RotationEvent> facts, Duration delay, boolean again) {
    static Decision to(RotationState next, RotationEvent... facts) {
        return new Decision(next, List.of(facts), Duration.ZERO, false);
    }

    static Decision after(Duration delay, RotationState next, RotationEvent... facts) {
        return new Decision(next, List.of(facts), delay, false);
    }

    /** The same state as if it were entered only now: what was before does not count. */
    static Decision anew(RotationState same, Duration delay) {
        return after(delay, same);
    }

    /** With one fact before the others. */
    Decision saying(RotationEvent fact) {
        var all = new ArrayList<RotationEvent>();
        all.add(fact);
        all.addAll(facts);
        return new Decision(next, List.copyOf(all), delay, again);
    }

    static Decision again(RotationState same, Duration delay) {
        return new Decision(same, List.of(), delay, true);
    }
}
