package io.keyturn.kit.outbox;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.kit.bridge.Ground;
import io.keyturn.kit.messaging.EventSender;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Goes once through the outbox, oldest first, page by page. Per record key in the order of the rows; keys side by side. A key that
 * failed before waits until all others had their turn, so neither it nor a row that cannot be read holds up anybody, however many
 * rows they have.
 */
final class OutboxRound {
    private static final int PAGE = 200;

    private final OutboxStore store;
    private final EventSender sender;
    private final Reader reader;
    private final Ground ground;
    private final String holder;
    /** Keys whose last send failed; lives as long as the relay. */
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    /** How a round ended. */
    enum End {
        /** Everything that can be sent was. */
        DONE,
        /** There was not enough time for all. */
        MORE,
        /** The lease is another's. */
        NOT_OURS
    }

    /** The lease, as a round sees it. */
    @FunctionalInterface
    interface Lease {
        /**
         * Takes it, or extends it within a round, and says until when a send may be begun (by {@link Ground#nanoTime}). Empty if it
         * is another's, or was in between: then what was read before must not be sent any more.
         */
        OptionalLong extended();
    }

    /** Reads a row. */
    @FunctionalInterface
    interface Reader {
        /** Null for a row that this version cannot read. */
        @Nullable
        EventEnvelope read(OutboxRow row);
    }

    /** @param holder who carries */
    OutboxRound(OutboxStore store, EventSender sender, Reader reader, Ground ground, String holder) {
        this.store = store;
        this.sender = sender;
        this.reader = reader;
        this.ground = ground;
        this.holder = holder;
    }

    /**
     * Fails with what the first send that failed failed with; what was acknowledged until then is removed all the same, and the key
     * that failed comes last the next time.
     */
    End carry(Lease lease) {
        var putOff = new HashSet<String>();
        var again = new LinkedHashMap<String, List<EventEnvelope>>();
        var left = false;
        long beyond = 0;
        for (int rows = PAGE; rows == PAGE; ) {
            var lastSend = lease.extended();
            if (lastSend.isEmpty()) {
                return End.NOT_OURS;
            }
            var page = waitingBeyond(beyond);
            rows = page.size();
            if (rows > 0) {
                beyond = page.getLast().position;
                var keys = byKey(page, putOff);
                putOffFailed(keys, putOff, again);
                left |= putOff.addAll(send(keys, lastSend.getAsLong()));
            }
        }
        failed.retainAll(putOff);
        return sendAgain(again, lease) || left ? End.MORE : End.DONE;
    }

    /** What failed before, now that all others had their turn. True if something is left. */
    private boolean sendAgain(Map<String, List<EventEnvelope>> keys, Lease lease) {
        if (keys.isEmpty()) {
            return false;
        }
        var lastSend = lease.extended();
        if (lastSend.isPresent()) {
            send(keys, lastSend.getAsLong());
        }
        return true;
    }

    private void putOffFailed(
            Map<String, List<EventEnvelope>> keys, Set<String> putOff, Map<String, List<EventEnvelope>> again) {
        for (var key : List.copyOf(keys.keySet())) {
            if (failed.contains(key)) {
                putOff.add(key);
                var facts = requireNonNull(keys.remove(key));
                if (again.size() < PAGE) {
                    again.put(key, facts);
                }
            }
        }
    }

    private List<OutboxRow> waitingBeyond(long beyond) {
        return ground.await(() -> store.waiting(beyond, PAGE));
    }

    /** The facts of each key in their order, without the keys that are put off. */
    private Map<String, List<EventEnvelope>> byKey(List<OutboxRow> rows, Set<String> putOff) {
        var keys = new LinkedHashMap<String, List<EventEnvelope>>();
        for (var row : rows) {
            var fact = reader.read(row);
            if (fact != null && !putOff.contains(fact.key())) {
                keys.computeIfAbsent(fact.key(), _ -> new ArrayList<>()).add(fact);
            }
        }
        return keys;
    }

    /**
     * The keys of which something is left. One key alone at first: while the broker is away sends block one after the other, and a
     * crowd of them would outlast the lease.
     */
    private Set<String> send(Map<String, List<EventEnvelope>> keys, long lastSend) {
        var all = List.copyOf(keys.values());
        if (all.isEmpty()) {
            return Set.of();
        }
        var acknowledged = new ConcurrentLinkedQueue<UUID>();
        try {
            ground.await(() -> sendSideBySide(all.subList(0, 1), lastSend, acknowledged));
            ground.await(() -> sendSideBySide(all.subList(1, all.size()), lastSend, acknowledged));
        } finally {
            remove(List.copyOf(acknowledged));
        }
        var sent = Set.copyOf(acknowledged);
        return keys.entrySet().stream()
                .filter(key -> key.getValue().stream().anyMatch(fact -> !sent.contains(fact.id())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** A key that fails leaves the others alone. */
    private Uni<Void> sendSideBySide(List<List<EventEnvelope>> keys, long lastSend, Queue<UUID> acknowledged) {
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
            chain = chain.chain(() -> isPast(lastSend)
                    ? Uni.createFrom().voidItem()
                    : sender.send(fact).chain(() -> bury(fact, lastSend, acknowledged)));
        }
        var key = facts.getFirst().key();
        return chain.invoke(() -> failed.remove(key)).onFailure().invoke(() -> failed.add(key));
    }

    /** What ends a key is done once its tombstone is there too; if there is no time for that both are sent again. */
    private Uni<Void> bury(EventEnvelope fact, long lastSend, Queue<UUID> acknowledged) {
        var type = EventType.of(fact.event());
        if (!type.endsItsKey()) {
            acknowledged.add(fact.id());
            return Uni.createFrom().voidItem();
        }
        return isPast(lastSend)
                ? Uni.createFrom().voidItem()
                : sender.sendTombstone(type.topic().topicName(), fact.key()).invoke(() -> acknowledged.add(fact.id()));
    }

    private boolean isPast(long time) {
        return time - ground.nanoTime() < 0;
    }

    /** In one session, after all sends: an open session of a Vert.x context may be handed to who asks next, and must not be used side by side. */
    private void remove(List<UUID> acknowledged) {
        if (!acknowledged.isEmpty()) {
            ground.await(() -> store.remove(acknowledged, holder));
        }
    }
}
