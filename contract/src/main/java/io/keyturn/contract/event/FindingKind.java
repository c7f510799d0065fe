package io.keyturn.contract.event;

/** What was found. */
public enum FindingKind {
    /** The record of what workloads had in use is gone: the present content was adopted without a roll. */
    BASELINE_LOST,
    /** The target refuses the credential that the store holds: it keeps another one, or lets its user not in. */
    DRIFT
}
