package io.keyturn.contract.event;

/** How it is known that the old value is retired. */
public enum RetirementProof {
    /** A login with it was tried and refused. */
    LOGIN_REFUSED,
    /** The credential was adopted from elsewhere; it is never retired by itself. */
    LEFT_ALONE
}
