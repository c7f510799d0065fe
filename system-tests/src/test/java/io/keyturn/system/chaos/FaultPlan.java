package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import io.keyturn.testbed.platform.ServiceJar;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a run, by its seed: an outage of the broker that lasts for a tenth of the run, two minutes at most; then all in random
 * order, each once before any comes again.
 */
final class FaultPlan {
    /** What may go wrong. */
    enum Kind {
        /** A service is killed and started again. */
        KILLED,
        /** rotation-service stands still for longer than its claims last, and another instance takes over. */
        FROZEN,
        TARGET_DOWN,
        STATE_DOWN,
        STORE_SEALED,
        /** The store answers 429 to nearly everybody. */
        STORE_LIMITED,
        /** Nobody's token for the store is worth anything any more. */
        TOKENS_REVOKED,
        BROKER_DOWN,
        /** For long, once, and first, so that the shortest run has it. */
        BROKER_AWAY,
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

    /** What services connect to. */
    enum Server {
        /** Whose credentials are rotated. */
        TARGET,
        /** Where a service keeps its state. */
        DATABASE,
        STORE,
        CLUSTER,
        BROKER
    }

    /** A connection of a service. */
    enum Link {
        ROTATION_TARGET(ServiceJar.ROTATION, Server.TARGET),
        ROTATION_DATABASE(ServiceJar.ROTATION, Server.DATABASE),
        ROTATION_STORE(ServiceJar.ROTATION, Server.STORE),
        ROTATION_CLUSTER(ServiceJar.ROTATION, Server.CLUSTER),
        ROTATION_BROKER(ServiceJar.ROTATION, Server.BROKER),
        WATCHER_STORE(ServiceJar.WATCHER, Server.STORE),
        WATCHER_CLUSTER(ServiceJar.WATCHER, Server.CLUSTER),
        WATCHER_BROKER(ServiceJar.WATCHER, Server.BROKER),
        RESTART_DATABASE(ServiceJar.RESTART, Server.DATABASE),
        RESTART_CLUSTER(ServiceJar.RESTART, Server.CLUSTER),
        RESTART_BROKER(ServiceJar.RESTART, Server.BROKER),
        AUDIT_DATABASE(ServiceJar.AUDIT, Server.DATABASE),
        AUDIT_BROKER(ServiceJar.AUDIT, Server.BROKER);

        final ServiceJar service;
        final Server server;

        Link(ServiceJar service, Server server) {
            this.service = service;
            this.server = server;
        }
    }

    /**
     * One fault.
     *
     * @param link null where it is none of a link
     * @param victim whose link it is, or who is killed; rotation-service otherwise
     * @param size milliseconds of delay, or bytes that still come through
     * @param killedMeanwhile whether the victim is killed and started while it lasts
     * @param pause from its end to the next one
     */
    record Fault(
            Kind kind,
            @Nullable Link link,
            ServiceJar victim,
            Duration hold,
            int size,
            boolean killedMeanwhile,
            Duration pause) {
        String name() {
            return kind + (link != null ? " " + link : kind == Kind.KILLED ? " " + victim : "");
        }
    }

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Random random;
    private final Deque<Fault> bag = new ArrayDeque<>();

    /** @param length of the run */
    FaultPlan(long seed, Duration length) {
        random = new Random(seed);
        bag.add(away(length));
    }

    private Fault away(Duration length) {
        var hold = length.dividedBy(10);
        return new Fault(
                Kind.BROKER_AWAY,
                null,
                ServiceJar.ROTATION,
                hold.compareTo(LONGEST) < 0 ? hold : LONGEST,
                0,
                false,
                pause());
    }

    Fault next() {
        if (bag.isEmpty()) {
            bag.addAll(shuffled());
        }
        return bag.removeFirst();
    }

    private List<Fault> shuffled() {
        var all = new ArrayList<Fault>();
        for (var kind : Kind.values()) {
            if (kind.isOfALink()) {
                List.of(Link.values()).forEach(link -> all.add(fault(kind, link, link.service)));
            } else if (kind == Kind.KILLED) {
                List.of(ServiceJar.values()).forEach(victim -> all.add(fault(kind, null, victim)));
            } else if (kind != Kind.BROKER_AWAY) {
                all.add(fault(kind, null, ServiceJar.ROTATION));
            }
        }
        Collections.shuffle(all, random);
        return all;
    }

    private Fault fault(Kind kind, @Nullable Link link, ServiceJar victim) {
        int size = size(kind);
        return new Fault(
                kind,
                link,
                victim,
                Duration.ofMillis(1_000 + random.nextInt(8_000)),
                size,
                kind != Kind.KILLED && kind != Kind.FROZEN && random.nextInt(5) == 0,
                pause());
    }

    private Duration pause() {
        return Duration.ofMillis(500 + random.nextInt(4_000));
    }

    private int size(Kind kind) {
        if (kind == Kind.SLOW) {
            return 100 + random.nextInt(1_900);
        }
        return kind == Kind.CUT_SHORT && random.nextInt(3) == 0 ? random.nextInt(6_000) : 0;
    }
}
