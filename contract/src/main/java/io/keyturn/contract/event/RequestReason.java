package io.keyturn.contract.event;

/** Why a rotation is asked for. */
public enum RequestReason {
    SCHEDULE,
    MANUAL,
    COMPROMISE,
    /** The target may keep another value than the store: see whether the stored one logs in, set it at the target if not, change nothing else. */
    DRIFT,
    /** First sight of a SecretRotation: import the live value, prove it, change nothing. */
    ADOPT
}
