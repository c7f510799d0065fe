package io.keyturn.contract.event;

/** Why a plan stopped. Public. */
public enum RestartReason {
    /** A workload was not healthy at the deadline. */
    DEADLINE,
    /** The workload's controller gave up (ProgressDeadlineExceeded). */
    PROGRESS_DEADLINE_EXCEEDED,
    /** The API server refused the patch. */
    PATCH_REFUSED
}
