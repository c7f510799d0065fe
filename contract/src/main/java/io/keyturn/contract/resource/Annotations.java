package io.keyturn.contract.resource;

/** The annotations Keyturn reads and writes on Kubernetes objects. */
public final class Annotations {
    /** On a SecretRotation: rotate now; a new token is a new run. */
    public static final String ROTATE = "keyturn.io/rotate";

    /** On a SecretRotation: the value may be known to somebody, rotate now as an emergency; a new token is a new run. */
    public static final String COMPROMISED = "keyturn.io/compromised";

    /** On a published Secret: {@code <rotation id>.<attempt>}, written in the same request as the content. */
    public static final String PUBLICATION = "keyturn.io/publication";

    /** On a published Secret: the W3C trace context of that write, so that what follows joins the rotation's trace. */
    public static final String TRACEPARENT = "keyturn.io/traceparent";

    /**
     * On a published Secret: the number of the claim under which it was written. A write under a lower one comes from a process that
     * was stopped for too long, and is not made.
     */
    public static final String FENCE = "keyturn.io/fence";

    /** On a SecretRotation: the id of the failed run to try again; or {@code <rotation id>.<number of the pause>}, for a paused one to go on. */
    public static final String RETRY = "keyturn.io/retry";

    /** On a SecretRotation: the id of the run to stop. */
    public static final String ABORT = "keyturn.io/abort";

    /**
     * On a SecretRotation: the user name of who asked for {@link #ROTATE}, {@link #COMPROMISED}, {@link #RETRY} or {@link #ABORT}; without it nobody is named.
     * Nobody can write another's name as long as the policy in {@code deploy/admission} is in force; without it, anybody can.
     */
    public static final String REQUESTED_BY = "keyturn.io/requested-by";

    /** On a SecretRotation: the id of the run that a person lets begin. */
    public static final String APPROVE = "keyturn.io/approve";

    /** On a SecretRotation: the id of the run that a person refuses; never beside {@link #APPROVE}. */
    public static final String REFUSE = "keyturn.io/refuse";

    /**
     * On a SecretRotation: the user name of who said {@link #APPROVE} or {@link #REFUSE}. The policy in {@code deploy/admission} holds it
     * to be the writer's own, and the writer to have the verb {@code approve}; without that policy it proves nothing.
     */
    public static final String APPROVED_BY = "keyturn.io/approved-by";

    /** On a workload, or else its pod template: {@code "true"} asks to be rolled when what it reads changes, {@code "false"} opts out. */
    public static final String RESTART = "keyturn.io/restart";

    /** On a pod template: a {@link ContentMark}, of the references and contents in use; written by restart-service only. */
    public static final String CONTENT = "keyturn.io/content";

    /** On a SecretRotation: show in status what a run would do, and do nothing; a new token is a new answer. */
    public static final String DRY_RUN = "keyturn.io/dry-run";

    private Annotations() {}
}
