package io.keyturn.rotation.target;

import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;

/** A target that is told its new values: a password of a role, a key in a configuration. We make them. */
public non-sealed interface TakingTarget extends Target {

    /** The principal to use after this one; the same where there is only one. */
    String successorOf(String principal);

    /** As {@link #apply}, for a value that the target cannot have heard of yet: a target that looks first need not. */
    default Outcome<Boolean> introduce(Credential next) {
        return apply(next);
    }
}
