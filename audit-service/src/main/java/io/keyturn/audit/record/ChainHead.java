package io.keyturn.audit.record;

/** The last entry of a chain. Whoever notes it down can later tell whether everything up to it is still there, unchanged. */
public record ChainHead(long seq, Hash hash) {
    /** The head of a chain without entries. */
    public static final ChainHead EMPTY = new ChainHead(0, Hash.NONE);
}
