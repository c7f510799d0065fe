package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** Asks for rotations as long as it is not closed: of whoever rests, at random. */
final class Requester implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(700);
    /** So long a request may be on its way before the member is taken for resting again. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(15);

    private final ChaosFleet fleet;
    private final Runs runs;
    private final Random random;
    private final Map<Member, Instant> asked = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile int requests;

    Requester(ChaosFleet fleet, Runs runs, long seed) {
        this.fleet = fleet;
        this.runs = runs;
        this.random = new Random(seed);
        this.thread = Thread.ofVirtual().start(this::ask);
    }

    private void ask() {
        while (!closed) {
            var member = fleet.members().get(random.nextInt(fleet.members().size()));
            try {
                if (rests(member)) {
                    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                    fleet.rotate(member, "chaos-" + (requests + 1));
                    requests = requests + 1;
                    asked.put(member, now);
                }
            } catch (KubernetesClientException away) {
                // Then nobody asks now.
            }
            Injector.sleep(EVERY);
        }
    }

    private boolean rests(Member member) {
        var last = asked.getOrDefault(member, Instant.EPOCH);
        return runs.restsSince(member, last) || Instant.now().isAfter(last.plus(ON_ITS_WAY)) && !runs.isRunning(member);
    }

    /** Who was asked for, and when for the last time. Only when closed. */
    Map<Member, Instant> asked() {
        return Map.copyOf(asked);
    }

    /** How often somebody asked. */
    int requests() {
        return requests;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
