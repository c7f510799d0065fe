package io.keyturn.audit.record;

/** What is wrong with the first bad entry. Public: part of the answer of {@code GET /audit/verify}. */
public enum Fault {
    /** The entry with this number is not there, though later ones are. */
    MISSING,
    /** The number was met before: entries stand twice or in the wrong order. */
    OUT_OF_ORDER,
    /** The entry does not name its predecessor's hash: one of the two is not the one that was recorded. */
    UNLINKED,
    /** The entry's hash does not match what it says. */
    EDITED,
    /** The chain ends before the entry that was expected to be there: its tail was cut. */
    CUT,
    /** The chain is sound but this is not the entry that was expected here: it was recomputed from some point on. */
    REWRITTEN
}
