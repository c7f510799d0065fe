package io.keyturn.contract.event;

/** How a person wants a run to go on. */
public enum Steering {
    /** It is to stop: it goes back, or ends if it has not begun. */
    ABORTED,
    /** It is to go on from its pause. */
    RESUMED
}
