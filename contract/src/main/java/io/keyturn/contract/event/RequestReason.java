package io.keyturn.contract.event;

/** Why a rotation is asked for. */
public enum RequestReason {
    SCHEDULE,
    MANUAL,
    COMPROMISE,
    DRIFT,
    /** First sight of a SecretRotation: import the live value, prove it, change nothing. */
    ADOPT
}
