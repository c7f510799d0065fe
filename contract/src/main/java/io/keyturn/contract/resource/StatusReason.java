package io.keyturn.contract.resource;

/**
 * Reasons of the conditions Adopted and Ready of a SecretRotation while nothing is wrong. When something is, the reason is a
 * rotation reason. Public.
 */
public enum StatusReason {
    /** Nothing was tried yet. */
    Pending,
    /** The live credential was proven to log in. */
    CredentialProven,
    /** The credential in the store is in force. */
    InForce
}
