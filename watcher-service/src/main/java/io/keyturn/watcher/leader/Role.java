package io.keyturn.watcher.leader;

/** What this instance does now. Public: shown by the readiness check. */
public enum Role {
    /** Not standing for election. */
    IDLE,
    /** Another instance leads, or nobody does yet; this one tries for the Lease. */
    STANDBY,
    /** Leads, and brings the topic in step with the cluster. */
    CATCHING_UP,
    /** Leads, and everything known to have changed is stated. */
    LEADING
}
