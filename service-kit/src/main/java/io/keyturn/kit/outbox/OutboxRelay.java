package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.kit.bridge.Ground;
import io.keyturn.kit.lease.Leases;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.CompositeException;
import org.jspecify.annotations.Nullable;

/**
 * Carries facts from the outbox to Kafka. One instance at a time, by a lease; per record key in the order they were stated:
 * the next record of a key is sent only after the one before it was acknowledged. A crash between acknowledgement and removal
 * sends a record again with the same id, which every inbox knows.
 *
 * <p>The lease is held while there is something to carry, and given up with the last of it: an idle relay writes nothing, and
 * whichever instance states a fact carries it itself. What an instance leaves behind, another finds within {@link #LOOK}.
 *
 * <p>A send that may outlast the lease is not begun, for by then another instance may have sent what comes after: on a compacted
 * topic an old state would come to stand last. So the lease must be longer than the producer can hold on to a record
 * ({@code max.block.ms + delivery.timeout.ms} of channel {@code events}, see the kit's defaults). What a holder that stood still had
 * handed over before may come late all the same; it is then a repetition, known by its id (docs/adr/0020).
 */
@ApplicationScoped
public class OutboxRelay {
    private static final Duration LEASE_VALIDITY = Duration.ofSeconds(6);
    /** What a send can take at most, with a margin. */
    private static final Duration LONGEST_SEND = Duration.ofSeconds(5);

    /** How often an idle relay asks the database, for what others left behind. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** How long to wait for another instance that is carrying; and after a failure, at first. */
    private static final Duration SOON = Duration.ofMillis(100);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final OutboxStore store;
    private final OutboxSignal signal;
    private final Leases leases;
    private final KitConfig config;
    private final Ground ground;
    private final OutboxRound round;
    private final Set<UUID> unreadable = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    @Inject
    OutboxRelay(OutboxStore store, OutboxSignal signal, Leases leases, EventSender sender, KitConfig config) {
        this(store, signal, leases, sender, config, Ground.REAL);
    }

    OutboxRelay(
            OutboxStore store,
            OutboxSignal signal,
            Leases leases,
            EventSender sender,
            KitConfig config,
            Ground ground) {
        this.store = store;
        this.signal = signal;
        this.leases = leases;
        this.config = config;
        this.ground = ground;
        this.round = new OutboxRound(store, sender, this::envelope, ground, config.instance());
    }

    void begin(@Observes StartupEvent event) {
        start();
    }

    void end(@Observes ShutdownEvent event) throws InterruptedException {
        stop();
    }

    void start() {
        stopping = false;
        thread = Thread.ofVirtual().name("outbox-relay").start(this::run);
    }

    /** Lets what is being sent finish; an interrupt would leave it half done and the lease taken. */
    void stop() throws InterruptedException {
        stopping = true;
        signal.raise();
        var running = thread;
        if (running != null) {
            running.join(LONGEST_STOP);
        }
    }

    /** Carries until it is stopped. */
    void run() {
        var told = false;
        var signalled = false;
        var failures = 0;
        while (!stopping) {
            Duration pause;
            try {
                if (!told) {
                    ground.await(store::ofOtherVersions).forEach(this::tellUnreadable);
                    told = true;
                }
                pause = signalled || ground.await(store::isWaiting) ? pauseAfter(carry()) : LOOK;
                failures = 0;
            } catch (RuntimeException e) {
                KitLog.LOG.relayHeldUp(cause(e).getClass().getSimpleName());
                pause = pauseAfter(++failures);
            }
            try {
                signalled = signal.await(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private OutboxRound.End carry() {
        var lease = new RoundLease();
        try {
            return round.carry(lease);
        } finally {
            lease.giveUp();
        }
    }

    private static Duration pauseAfter(OutboxRound.End end) {
        return switch (end) {
            case DONE -> LOOK;
            case MORE -> Duration.ZERO;
            case NOT_OURS -> SOON;
        };
    }

    /** The lease in the course of one round. */
    private final class RoundLease implements OutboxRound.Lease {
        private OptionalLong epoch = OptionalLong.empty();

        @Override
        public OptionalLong extended() {
            var lastSend =
                    ground.nanoTime() + LEASE_VALIDITY.minus(LONGEST_SEND).toNanos();
            var now = ground.await(() -> leases.acquire(OutboxStore.LEASE, config.instance(), LEASE_VALIDITY));
            var still = now.isPresent() && (epoch.isEmpty() || epoch.equals(now));
            epoch = now;
            return still ? OptionalLong.of(lastSend) : OptionalLong.empty();
        }

        /** If it cannot be given up it runs out. */
        void giveUp() {
            if (epoch.isPresent()) {
                try {
                    ground.await(() -> leases.release(OutboxStore.LEASE, config.instance()));
                } catch (RuntimeException e) {
                    KitLog.LOG.relayHeldUp(e.getClass().getSimpleName());
                }
            }
        }
    }

    /** Null for a fact that this version cannot read, after a downgrade: it waits for one that can. */
    private @Nullable EventEnvelope envelope(OutboxRow row) {
        try {
            return EventEnvelope.from(
                    config.cluster(), config.service(), row.id, row.statedAt, row.traceparent, row.event());
        } catch (IllegalStateException e) {
            tellUnreadable(row.id);
            return null;
        }
    }

    private void tellUnreadable(UUID id) {
        if (unreadable.add(id)) {
            KitLog.LOG.factUnreadable(id);
        }
    }

    private static Duration pauseAfter(int failures) {
        return failures > 5 ? LONGEST_PAUSE : SOON.multipliedBy(1L << (failures - 1));
    }

    private static Throwable cause(RuntimeException e) {
        return e instanceof CompositeException several ? several.getCauses().getFirst() : e;
    }
}
