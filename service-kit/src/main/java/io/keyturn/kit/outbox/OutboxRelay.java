package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.lease.Leases;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/**
 * Carries facts from the outbox to Kafka. One instance at a time, by a lease; per record key in the order they were stated:
 * the next record of a key is sent only after the one before it was acknowledged. A crash between acknowledgement and removal
 * sends a record again with the same id, which every inbox knows.
 *
 * <p>A send that may outlast the lease is not begun, for by then another instance may have sent what comes after: on a compacted
 * topic an old state would come to stand last. So the lease must be longer than the producer can hold on to a record
 * ({@code max.block.ms + delivery.timeout.ms} of channel {@code events}, see the kit's defaults).
 */
@ApplicationScoped
public class OutboxRelay {
    private static final String LEASE = "outbox-relay";
    private static final Duration LEASE_VALIDITY = Duration.ofSeconds(10);
    /** What a send can take at most, with a margin. */
    private static final Duration LONGEST_SEND = Duration.ofSeconds(8);

    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);
    private static final int BATCH = 200;

    private final OutboxStore store;
    private final OutboxSignal signal;
    private final Leases leases;
    private final EventSender sender;
    private final KitConfig config;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    OutboxRelay(OutboxStore store, OutboxSignal signal, Leases leases, EventSender sender, KitConfig config) {
        this.store = store;
        this.signal = signal;
        this.leases = leases;
        this.sender = sender;
        this.config = config;
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

    private void run() {
        while (!stopping) {
            try {
                if (!relayWhatWaits()) {
                    signal.await(IDLE);
                }
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                KitLog.LOG.relayHeldUp(e.getClass().getSimpleName());
                pause();
            }
        }
        giveUpLease();
    }

    /** True when there may be more. */
    private boolean relayWhatWaits() {
        var lastSend = System.nanoTime() + LEASE_VALIDITY.minus(LONGEST_SEND).toNanos();
        if (Bridge.await(() -> leases.acquire(LEASE, config.instance(), LEASE_VALIDITY))
                .isEmpty()) {
            return false;
        }
        List<OutboxRow> rows = Bridge.await(() -> store.waiting(BATCH));
        if (rows.isEmpty()) {
            return false;
        }
        var acknowledged = new ConcurrentLinkedQueue<UUID>();
        try {
            Bridge.await(() -> Uni.join()
                    .all(byKey(rows).values().stream()
                            .map(ofOneKey -> sendInOrder(ofOneKey, lastSend, acknowledged))
                            .toList())
                    .andCollectFailures());
        } finally {
            remove(List.copyOf(acknowledged));
        }
        return true;
    }

    private Map<String, List<OutboxRow>> byKey(List<OutboxRow> rows) {
        var keys = new LinkedHashMap<String, List<OutboxRow>>();
        for (var row : rows) {
            var key = RecordKey.of(config.cluster(), row.event().about());
            keys.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
        }
        return keys;
    }

    /** Stops at the first record that is not acknowledged, and when the lease is running out. */
    private Uni<Void> sendInOrder(List<OutboxRow> rows, long lastSend, Queue<UUID> acknowledged) {
        Uni<Void> chain = Uni.createFrom().voidItem();
        for (var row : rows) {
            chain = chain.chain(() -> lastSend - System.nanoTime() < 0
                    ? Uni.createFrom().voidItem()
                    : sender.send(envelope(row)).invoke(() -> acknowledged.add(row.id)));
        }
        return chain;
    }

    /** In one session, after all sends: sessions of one Vert.x context are shared, and must not be used side by side. */
    private void remove(List<UUID> acknowledged) {
        if (!acknowledged.isEmpty()) {
            Bridge.await(() -> store.remove(acknowledged));
        }
    }

    private EventEnvelope envelope(OutboxRow row) {
        return EventEnvelope.from(
                config.cluster(), config.service(), row.id, row.statedAt, row.traceparent, row.event());
    }

    private void pause() {
        try {
            signal.await(IDLE);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    private void giveUpLease() {
        try {
            Bridge.await(() -> leases.release(LEASE, config.instance()));
        } catch (RuntimeException e) {
            KitLog.LOG.relayHeldUp(e.getClass().getSimpleName());
        }
    }
}
