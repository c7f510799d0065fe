package io.keyturn.audit.record;

import org.jspecify.annotations.Nullable;

/**
 * What a verification found.
 *
 * @param head the last entry before the first bad one; the end of the chain if there is none
 * @param firstBad null when all is well
 */
public record Verdict(ChainHead head, @Nullable Bad firstBad) {
    /** The first entry at which the chain does not hold. */
    public record Bad(long seq, Fault fault) {}

    public boolean ok() {
        return firstBad == null;
    }
}
