package io.keyturn.contract.resource;

/** Reasons of condition Scheduled of a SecretRotation. Public. */
public enum ScheduleReason {
    /** There is no schedule: it rotates on request only. */
    NoSchedule,
    /** The SecretRotation is suspended: nothing is requested. */
    Suspended,
    /** The SecretRotation is being deleted. */
    Deleting,
    /** The schedule cannot be understood, or never comes; the message names the field. Ready is False too. */
    InvalidSchedule,
    /** The next run is requested at the time that status shows. */
    Waiting,
    /** A run is due and was requested. */
    Due,
    /** Nothing is requested before the credential is adopted. */
    AwaitingAdoption
}
