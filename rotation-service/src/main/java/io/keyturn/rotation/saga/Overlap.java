package io.keyturn.rotation.saga;

/** Whether the target accepts old and new at the same time. */
public enum Overlap {
    /** The new credential is accepted beside the old one; nobody is refused. */
    BOTH_VALID,
    /** The new value replaces the old one at once; readers of the old value are refused until they moved. */
    SWITCHED
}
