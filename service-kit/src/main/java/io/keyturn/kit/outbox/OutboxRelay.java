package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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
 */
@ApplicationScoped
public class OutboxRelay {
    private static final String LEASE = "outbox-relay";
    private static final Duration LEASE_VALIDITY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final int BATCH = 200;

    private final OutboxStore store;
    private final OutboxSignal signal;
    private final Leases leases;
    private final EventSender sender;
    private final KitConfig config;
    private volatile @Nullable Thread thread;

    OutboxRelay(OutboxStore store, OutboxSignal signal, Leases leases, EventSender sender, KitConfig config) {
        this.store = store;
        this.signal = signal;
        this.leases = leases;
        this.sender = sender;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("outbox-relay").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        var running = thread;
        if (running != null) {
            running.interrupt();
            running.join(LEASE_VALIDITY);
        }
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
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
        if (Bridge.await(() -> leases.acquire(LEASE, config.instance(), LEASE_VALIDITY))
                .isEmpty()) {
            return false;
        }
        List<OutboxRow> rows = Bridge.await(() -> store.waiting(BATCH));
        if (rows.isEmpty()) {
            return false;
        }
        Bridge.await(() -> Uni.join()
                .all(byKey(rows).values().stream().map(this::sendInOrder).toList())
                .andCollectFailures());
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

    /** Stops at the first record that is not acknowledged; what was acknowledged is removed in either case. */
    private Uni<Void> sendInOrder(List<OutboxRow> rows) {
        var sent = new ArrayList<UUID>();
        Uni<Void> chain = Uni.createFrom().voidItem();
        for (var row : rows) {
            chain = chain.chain(() -> sender.send(envelope(row))).invoke(() -> sent.add(row.id));
        }
        return chain.onItemOrFailure()
                .transformToUni(
                        (_, failure) -> (sent.isEmpty() ? Uni.createFrom().voidItem() : store.remove(sent))
                                .chain(() -> failure == null
                                        ? Uni.createFrom().voidItem()
                                        : Uni.createFrom().failure(failure)));
    }

    private EventEnvelope envelope(OutboxRow row) {
        return EventEnvelope.from(
                config.cluster(), config.service(), row.id, row.statedAt, row.traceparent, row.event());
    }

    private void pause() {
        try {
            signal.await(IDLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
