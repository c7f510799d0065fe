package io.keyturn.rotation.secretstore;

import java.util.Optional;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;

/**
 * Where values are kept: a live value with versions, and a private place for the values of a run that nobody else can read.
 * Calls block and look before they act. No foreign exception leaves an implementation.
 */
public interface SecretStore {

    /** A credential and the version of the live value it was read from. The reader closes it. */
    record Versioned(Credential credential, long version) implements AutoCloseable {
        @Override
        public void close() {
            credential.close();
        }
    }

    /** Which of the two values a run keeps privately. */
    enum Slot {
        PENDING,
        PREVIOUS
    }

    boolean handles(SecretRotationSpec.Store spec);

    /** The live value; empty if there is none. Rejected if it lacks user name or password. */
    Outcome<Optional<Versioned>> live(RotationPolicy policy);

    /** A credential that only the service uses, such as a target's admin. */
    Outcome<Credential> read(String path);

    /** The value of the slot; empty if there is none. */
    Outcome<Optional<Credential>> kept(RotationPolicy policy, RotationId run, Slot slot);

    /** Keeps a value; what the slot already holds is never overwritten. Done with what it holds now: ours or the earlier one. */
    Outcome<Credential> keep(RotationPolicy policy, RotationId run, Slot slot, Credential credential);

    /**
     * Makes the credential the live value if the live value is still the given version (0: does not exist); its other fields
     * are kept. Done with the new version, also when an earlier try did it. STORE_CHANGED if somebody else wrote.
     */
    Outcome<Long> promote(RotationPolicy policy, RotationId run, Credential next, long expectedVersion);

    /** Makes the previous credential live again if the live value is the failed one; what somebody else wrote stays. */
    Outcome<Boolean> restore(RotationPolicy policy, RotationId run, Credential failed, Credential previous);

    /** Deletes both slots. */
    Outcome<Boolean> discard(RotationPolicy policy, RotationId run);
}
