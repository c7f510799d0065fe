package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/** The faults of a run, by its seed: in random order, each kind once before any comes again. */
final class FaultPlan {
    /** What may go wrong. */
    enum Kind {
        /** rotation-service is killed and started again. */
        KILLED,
        /** It stands still for longer than its claims last, and another instance takes over. */
        FROZEN,
        TARGET_DOWN,
        STATE_DOWN,
        STORE_SEALED,
        /** The store answers 429 to nearly everybody. */
        STORE_LIMITED,
        /** Nobody's token for the store is worth anything any more. */
        TOKENS_REVOKED,
        BROKER_DOWN,
        CLUSTER_DOWN,
        /** Answers come late. */
        SLOW,
        /** Nothing comes through, and nobody says so. */
        BLACK_HOLE,
        /** Connections are reset. */
        RESET,
        /** Connections end within an answer: what was asked for is done, and nobody hears of it. */
        CUT_SHORT;

        boolean isOfALink() {
            return compareTo(SLOW) >= 0;
        }
    }

    /** A connection of rotation-service. */
    enum Link {
        TARGET,
        STATE,
        STORE,
        CLUSTER
    }

    /**
     * One fault.
     *
     * @param link null where it is none of a link
     * @param size milliseconds of delay, or bytes that still come through
     * @param killedMeanwhile whether rotation-service is killed and started while it lasts
     * @param pause from its end to the next one
     */
    record Fault(Kind kind, @Nullable Link link, Duration hold, int size, boolean killedMeanwhile, Duration pause) {
        String name() {
            return kind + (link == null ? "" : " " + link);
        }
    }

    private final Random random;
    private final Deque<Fault> bag = new ArrayDeque<>();

    FaultPlan(long seed) {
        random = new Random(seed);
    }

    Fault next() {
        if (bag.isEmpty()) {
            var all = new ArrayList<Fault>();
            for (var kind : Kind.values()) {
                if (kind.isOfALink()) {
                    List.of(Link.values()).forEach(link -> all.add(fault(kind, link)));
                } else {
                    all.add(fault(kind, null));
                }
            }
            Collections.shuffle(all, random);
            bag.addAll(all);
        }
        return bag.removeFirst();
    }

    private Fault fault(Kind kind, @Nullable Link link) {
        int size = size(kind);
        return new Fault(
                kind,
                link,
                Duration.ofMillis(1_000 + random.nextInt(8_000)),
                size,
                kind != Kind.KILLED && kind != Kind.FROZEN && random.nextInt(5) == 0,
                Duration.ofMillis(500 + random.nextInt(4_000)));
    }

    private int size(Kind kind) {
        if (kind == Kind.SLOW) {
            return 100 + random.nextInt(1_900);
        }
        return kind == Kind.CUT_SHORT && random.nextInt(3) == 0 ? random.nextInt(6_000) : 0;
    }
}
