package io.keyturn.restart.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

import io.keyturn.kit.outbox.OutboxRow;

/** The rows of the database; each is immutable. */
public final class Tables {
    /** Of the model servers. */
    public static final String CLUSTER = "blue";

    private final Set<UUID> inbox = new HashSet<>();
    private final TreeMap<Long, Stated> outbox = new TreeMap<>();

    /**
     * A fact in the outbox.
     *
     * @param key of its record
     */
    public record Stated(long position, UUID id, String key, OutboxRow row) {}

    Tables copy() {
        var copy = new Tables();
        copy.inbox.addAll(inbox);
        copy.outbox.putAll(outbox);
        return copy;
    }

    public Set<UUID> inbox() {
        return inbox;
    }

    public TreeMap<Long, Stated> outbox() {
        return outbox;
    }
}
