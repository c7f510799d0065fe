package io.keyturn.contract.event;

/**
 * Why a run did not reach its end, or waits. Public: the same word stands in events, status, metrics and audit. Each names the
 * place to look at and what helps.
 */
public enum RotationReason {
    /** The SecretRotation cannot be carried out as written. */
    INVALID_SPEC("spec: correct the fields that are named"),
    /** A publication belongs to somebody else. */
    PUBLICATION_OWNED(
            "spec.publish: another controller owns that Secret and would undo the change; name a Secret nobody else"
                    + " writes, or stop the other from writing it"),
    /** The credential in the store does not log in. */
    CURRENT_REFUSED("spec.store: the target refuses the credential at this path; put the working one there"),
    /** Neither the store nor a publication holds the credential to adopt. */
    NOTHING_TO_ADOPT("spec.store: write the present username and password to this path, or publish both in the Secret"),
    /** A login role or the owner role is missing, or not a member. */
    ROLE_MISSING("spec.target: create the login roles and make them members of the owner"),
    /** The admin credential was refused, or lacks a right. */
    ADMIN_REFUSED("spec.target.*.admin: check the credential at this path and that it may change the login roles"),
    /** The target refused the new value. */
    TARGET_REFUSED("spec.generate: the target refused a value of this form; check its password rules"),
    /** The target could not be reached in time. */
    TARGET_UNREACHABLE("spec.target: check host, port, TLS mode and certificate authority, and the network between"),
    /** A login with the new value failed. */
    TEST_FAILED(
            "spec.target: the target took the new value but no login works with it; check its authentication rules"),
    /** The store could not be reached in time. */
    STORE_UNREACHABLE("spec.store: Vault did not answer in time; it is tried again with the next run"),
    /** The store refused us. */
    STORE_REFUSED(
            "spec.store: Vault refused rotation-service; check its policy for this path and for the mount of pending"
                    + " values"),
    /** Somebody else wrote the live path during the run. */
    STORE_CHANGED(
            "spec.store: somebody else wrote this path during the run and is left alone; check that the value there works,"
                    + " then rotate again"),
    /** A publication could not be written. */
    PUBLICATION_REFUSED(
            "spec.publish: the Secret could not be written; check that it is not immutable, and the rights of"
                    + " rotation-service in this namespace"),
    /** A publication does not hold the new value any more. */
    PUBLICATION_CHANGED(
            "spec.publish: somebody else wrote these keys after the run did, or deleted them; stop that writer and put the"
                    + " value of spec.store back there, then rotate again"),
    /** Pods with another value than the one that is due, such as that of a run that has failed, were still there at the deadline. */
    CONSUMERS_STUCK(
            "spec.consumers: pods that started before the value was published, or on the value of a run that has failed,"
                    + " were still running at the deadline; restart them, see why their roll-out does not finish, or"
                    + " lengthen spec.consumers.deadline"),
    /** A reader that opted out of restarts still holds the old value. */
    CONSUMER_OPTED_OUT(
            "keyturn.io/restart: a workload that opted out still holds the old value; restart it by hand during the"
                    + " run, or remove the annotation"),
    /** Sessions of the old credential were still open at the deadline. */
    SESSIONS_STUCK(
            "spec.retire.terminateSessions: somebody is still logged in with the old credential; find out who, or set it to"
                    + " true"),
    /** A check of spec.verify failed. */
    VERIFY_FAILED(
            "spec.verify: a check did not answer with 2xx from an address that may be called; see what the application says"),
    /** The old value could not be retired. */
    RETIRE_REFUSED("spec.target: the old value still logs in; take it away by hand, then rotate again"),
    /** The request was based on a run that is not the last. */
    STALE_REQUEST("keyturn.io/rotate: another run came in between; ask again if it is still wanted"),
    /** The SecretRotation was deleted. */
    DELETED(
            "metadata: the SecretRotation was deleted; a run that had begun has gone back, one that had not has not begun"),
    /** The Kubernetes API could not be reached in time. */
    KUBERNETES_UNREACHABLE("the Kubernetes API did not answer in time; it is tried again with the next run"),
    /** Nobody has said yet whether the run may begin. */
    APPROVAL_PENDING(
            "keyturn.io/approve: let the run begin, or keyturn.io/refuse it, each with keyturn.io/approved-by"),
    /** A person has refused the run. */
    APPROVAL_REFUSED("keyturn.io/refuse: a person has refused this run; ask again if it is still wanted"),
    /** Nobody has approved the run in time. */
    APPROVAL_EXPIRED("keyturn.io/approve: nobody approved this run in time; ask again if it is still wanted"),
    /** A person has stopped the run. */
    ABORTED("keyturn.io/abort: a person has stopped this run; rotate again when it is wanted"),
    /** Somebody else changed the same thing at the same moment, or under a later claim. */
    CONFLICT(
            "somebody else changed the same thing at the same time; it is looked at again. If it lasts, another installation manages"
                    + " the same credential, or the clock of this one's database was set back"),
    /** Another SecretRotation manages the same credential. */
    CREDENTIAL_TAKEN("spec: an older SecretRotation manages the same credential; keep one of them"),
    /** The stored credential is refused, and it is not ours to set it at the target. */
    NOT_REPAIRABLE(
            "spec.target: it refuses the stored user, which is locked, not one that the spec names, or has a value that the target"
                    + " made itself; put it right there, or put a working credential into spec.store"),
    /** The stored credential is refused, and it is not what is published. */
    NOT_PUBLISHED(
            "spec.store: the target refuses the value at this path, and it is not what is published, so it is not set there; put the"
                    + " value that is in use there, or publish this one and set it at the target");

    private final String remedy;

    RotationReason(String remedy) {
        this.remedy = remedy;
    }

    /** The field or place to look at, and what helps; for people. */
    public String remedy() {
        return remedy;
    }
}
