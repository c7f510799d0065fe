package io.keyturn.contract.resource;

/**
 * Reasons of the conditions Adopted, Ready, Approved and Begun of a SecretRotation while no run is to blame. When one is, the reason is a
 * rotation reason. Public.
 */
public enum StatusReason {
    /** Nothing was tried yet. */
    Pending,
    /** The live credential was proven to log in. */
    CredentialProven,
    /** The credential in the store is in force. */
    InForce,
    /** The run waits for a person who lets it begin. */
    AwaitingApproval,
    /** The run waits until the SecretRotation is suspended no more. */
    Suspended,
    /** The run has met trouble and waits for a person who says how it goes on. */
    Paused,
    /** The target refuses the credential in the store. */
    Drifted
}
