package io.keyturn.contract.event;

/** Why a run did not reach its end, or waits. Public: the same word stands in events, status, metrics and audit. */
public enum RotationReason {
    /** The SecretRotation cannot be carried out as written. */
    INVALID_SPEC,
    /** A publication belongs to somebody else. */
    PUBLICATION_OWNED,
    /** A publication names only the password although the user name changes too. */
    PUBLICATION_LACKS_USERNAME,
    /** The credential in the store does not log in. */
    CURRENT_REFUSED,
    /** Neither the store nor a publication holds the credential to adopt. */
    NOTHING_TO_ADOPT,
    /** A login role or the owner role is missing, or not a member. */
    ROLE_MISSING,
    /** The admin credential was refused, or lacks a right. */
    ADMIN_REFUSED,
    /** The target refused the new value. */
    TARGET_REFUSED,
    /** The target could not be reached in time. */
    TARGET_UNREACHABLE,
    /** A login with the new value failed. */
    TEST_FAILED,
    /** The store could not be reached in time. */
    STORE_UNREACHABLE,
    /** The store refused us. */
    STORE_REFUSED,
    /** Somebody else wrote the live path during the run. */
    STORE_CHANGED,
    /** A publication could not be written. */
    PUBLICATION_REFUSED,
    /** A publication was deleted during the run. */
    PUBLICATION_MISSING,
    /** Pods with the old value were still there at the deadline. */
    CONSUMERS_STUCK,
    /** A reader that opted out of restarts still holds the old value. */
    CONSUMER_OPTED_OUT,
    /** Sessions of the old credential were still open at the deadline. */
    SESSIONS_STUCK,
    /** A check of spec.verify failed. */
    VERIFY_FAILED,
    /** The old value could not be retired. */
    RETIRE_REFUSED,
    /** The request was based on a run that is not the last. */
    STALE_REQUEST,
    /** The SecretRotation was deleted. */
    DELETED,
    /** The Kubernetes API could not be reached in time. */
    KUBERNETES_UNREACHABLE,
    /** Another SecretRotation manages the same credential. */
    CREDENTIAL_TAKEN
}
