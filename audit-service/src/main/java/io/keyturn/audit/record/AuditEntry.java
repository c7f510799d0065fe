package io.keyturn.audit.record;

import java.time.Instant;

/**
 * A link of the chain. Nothing here is checked: an entry may have been read from a table that somebody tampered with.
 *
 * @param seq counts from 1 without gaps
 * @param recordedAt when audit-service wrote it, in whole microseconds
 */
public record AuditEntry(long seq, Fact fact, Instant recordedAt, Hash previous, Hash hash) {
    public ChainHead head() {
        return new ChainHead(seq, hash);
    }
}
