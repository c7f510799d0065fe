package io.keyturn.audit.record;

import org.jspecify.annotations.Nullable;

/**
 * Checks a chain entry by entry, from the first, in constant memory. Without an expected head a cut tail and a chain recomputed
 * by somebody who can write the whole table look sound; with a head noted earlier both are found. Not thread-safe.
 */
public final class ChainVerifier {
    private final @Nullable ChainHead expected;
    private ChainHead head = ChainHead.EMPTY;
    private Verdict.@Nullable Bad firstBad;

    /** @param expected an entry noted earlier, or null */
    public ChainVerifier(@Nullable ChainHead expected) {
        this.expected = expected;
    }

    /** Takes the next entry. False once the chain is broken: further entries are of no interest. */
    public boolean accept(AuditEntry entry) {
        if (firstBad == null) {
            var fault = faultOf(entry);
            if (fault == null) {
                head = entry.head();
            } else {
                // What is missing is the bad one, not the one found in its place.
                firstBad = new Verdict.Bad(fault == Fault.MISSING ? head.seq() + 1 : entry.seq(), fault);
            }
        }
        return firstBad == null;
    }

    /** The entry at this place cannot even be read, so it is not what was written. */
    public boolean unreadable(long seq) {
        if (firstBad == null) {
            firstBad = new Verdict.Bad(seq, Fault.EDITED);
        }
        return false;
    }

    /** The verdict over all that was accepted, once there is no more. */
    public Verdict verdict() {
        if (firstBad == null && expected != null && head.seq() < expected.seq()) {
            return new Verdict(head, new Verdict.Bad(head.seq() + 1, Fault.CUT));
        }
        return new Verdict(head, firstBad);
    }

    private @Nullable Fault faultOf(AuditEntry entry) {
        if (entry.seq() > head.seq() + 1) {
            return Fault.MISSING;
        }
        if (entry.seq() <= head.seq()) {
            return Fault.OUT_OF_ORDER;
        }
        if (!entry.previous().equals(head.hash())) {
            return Fault.UNLINKED;
        }
        if (!entry.hash().equals(HashChain.hashOf(entry))) {
            return Fault.EDITED;
        }
        return expected != null
                        && entry.seq() == expected.seq()
                        && !entry.hash().equals(expected.hash())
                ? Fault.REWRITTEN
                : null;
    }
}
