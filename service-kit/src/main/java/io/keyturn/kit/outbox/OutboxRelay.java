package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.lease.Leases;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.CompositeException;
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
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private final Set<UUID> unreadable = ConcurrentHashMap.newKeySet();
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
                KitLog.LOG.relayHeldUp(cause(e).getClass().getSimpleName());
                pause();
            }
        }
        giveUpLease();
    }

    /** True when there may be more: something was carried. */
    private boolean relayWhatWaits() {
        var lastSend = System.nanoTime() + LEASE_VALIDITY.minus(LONGEST_SEND).toNanos();
        if (Bridge.await(() -> leases.acquire(LEASE, config.instance(), LEASE_VALIDITY))
                .isEmpty()) {
            return false;
        }
        var keys = byKey(Bridge.await(() -> store.waiting(BATCH)));
        if (keys.isEmpty()) {
            return false;
        }
        var acknowledged = new ConcurrentLinkedQueue<UUID>();
        try {
            // One key alone: while the broker is away sends block one after the other, and a crowd of them would
            // outlast the lease.
            Bridge.await(() -> send(keys.subList(0, 1), lastSend, acknowledged));
            Bridge.await(() -> send(keys.subList(1, keys.size()), lastSend, acknowledged));
        } finally {
            remove(List.copyOf(acknowledged));
        }
        return !acknowledged.isEmpty();
    }

    /** The facts of each key in their order; keys that failed last come last, so that they hold up nobody else. */
    private List<List<EventEnvelope>> byKey(List<OutboxRow> rows) {
        var keys = new LinkedHashMap<String, List<EventEnvelope>>();
        for (var row : rows) {
            envelope(row)
                    .ifPresent(fact -> keys.computeIfAbsent(fact.key(), _ -> new ArrayList<>())
                            .add(fact));
        }
        failed.retainAll(keys.keySet());
        return keys.entrySet().stream()
                .sorted(Comparator.comparing(entry -> failed.contains(entry.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Keys side by side; a key that fails leaves the others alone. */
    private Uni<Void> send(List<List<EventEnvelope>> keys, long lastSend, Queue<UUID> acknowledged) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.join()
                .all(keys.stream()
                        .map(facts -> sendInOrder(facts, lastSend, acknowledged))
                        .toList())
                .andCollectFailures()
                .replaceWithVoid();
    }

    /** Stops at the first record that is not acknowledged, and when the lease is running out. */
    private Uni<Void> sendInOrder(List<EventEnvelope> facts, long lastSend, Queue<UUID> acknowledged) {
        Uni<Void> chain = Uni.createFrom().voidItem();
        for (var fact : facts) {
            chain = chain.chain(() -> lastSend - System.nanoTime() < 0
                    ? Uni.createFrom().voidItem()
                    : sender.send(fact).invoke(() -> acknowledged.add(fact.id())));
        }
        var key = facts.getFirst().key();
        return chain.invoke(() -> failed.remove(key)).onFailure().invoke(() -> failed.add(key));
    }

    /** In one session, after all sends: an open session of a Vert.x context may be handed to who asks next, and must not be used side by side. */
    private void remove(List<UUID> acknowledged) {
        if (!acknowledged.isEmpty()) {
            Bridge.await(() -> store.remove(acknowledged));
        }
    }

    /** Empty for a fact that this version cannot read, after a downgrade: it waits for one that can. */
    private Optional<EventEnvelope> envelope(OutboxRow row) {
        try {
            return Optional.of(EventEnvelope.from(
                    config.cluster(), config.service(), row.id, row.statedAt, row.traceparent, row.event()));
        } catch (IllegalStateException e) {
            if (unreadable.add(row.id)) {
                KitLog.LOG.factUnreadable(row.id);
            }
            return Optional.empty();
        }
    }

    private void pause() {
        try {
            signal.await(IDLE);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    private static Throwable cause(RuntimeException e) {
        return e instanceof CompositeException several ? several.getCauses().getFirst() : e;
    }

    private void giveUpLease() {
        try {
            Bridge.await(() -> leases.release(LEASE, config.instance()));
        } catch (RuntimeException e) {
            KitLog.LOG.relayHeldUp(e.getClass().getSimpleName());
        }
    }
}
