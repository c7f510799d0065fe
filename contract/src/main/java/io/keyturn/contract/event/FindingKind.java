package io.keyturn.contract.event;

/** What was found. */
public enum FindingKind {
    /** A SecretRotation says something that cannot be done as written. */
    INVALID_SECRET_ROTATION,
    /** The record of what workloads had in use is gone: the present content was adopted without a roll. */
    BASELINE_LOST
}
