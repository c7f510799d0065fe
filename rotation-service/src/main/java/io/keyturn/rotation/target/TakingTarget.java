package io.keyturn.rotation.target;

/** A target that is told its new values: a password of a role, a key in a configuration. We make them. */
public non-sealed interface TakingTarget extends Target {

    /** The principal to use after this one; the same where there is only one. */
    String successorOf(String principal);
}
