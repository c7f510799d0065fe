package io.keyturn.audit.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Links facts: {@code hash = SHA-256(previous hash ‖ canonical bytes)}. */
public final class HashChain {
    private HashChain() {}

    /** The entries that follow the head when these facts are recorded in this order, all at one time (whole microseconds). */
    public static List<AuditEntry> extend(ChainHead head, List<Fact> facts, Instant recordedAt) {
        var entries = new ArrayList<AuditEntry>(facts.size());
        var last = head;
        for (var fact : facts) {
            var seq = last.seq() + 1;
            var hash = last.hash().followedBy(Canonical.bytes(seq, fact, recordedAt));
            var entry = new AuditEntry(seq, fact, recordedAt, last.hash(), hash);
            entries.add(entry);
            last = entry.head();
        }
        return entries;
    }

    /** The hash the entry must have, by what it says. */
    static Hash hashOf(AuditEntry entry) {
        return entry.previous().followedBy(Canonical.bytes(entry.seq(), entry.fact(), entry.recordedAt()));
    }
}
