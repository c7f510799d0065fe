package io.keyturn.rotation.secretstore;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;

/**
 * Where values are kept: a live value with versions, and a private place for the values of a run that nobody else can read. One
 * package, one branch of {@code spec.store}, one conformance test. Calls block and look before they act. No foreign exception
 * leaves an implementation.
 */
public interface SecretStore {

    /**
     * A credential and the version of the live value it was read from. The reader closes it.
     *
     * @param version a number that changes with every write of the live value; where the store has none, such as the time of the
     *     write in milliseconds
     */
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

    /**
     * A value that a run keeps. Each claim keeps its own copy of what it hands to a target: who comes too late, under an earlier claim, may
     * be about to delete what he has seen. Who holds it closes it.
     *
     * @param claim the number of the claim under which it is kept
     * @param draw the how manyth value of its slot, from 1
     */
    record Kept(Credential credential, long claim, int draw) implements AutoCloseable {
        /** The same value under another claim; shares the credential. */
        public Kept under(long other) {
            return new Kept(credential, other, draw);
        }

        @Override
        public void close() {
            credential.close();
        }
    }

    boolean handles(SecretRotationSpec.Store place);

    /** What is wrong with its branch, which lies at the given field. Pure. */
    List<Fault> faults(String field, String namespace, SecretRotationSpec.Store place);

    /** The place that its branch, at the given field, names for the live value; only one SecretRotation may manage it. Pure. */
    List<Claim> claims(String field, SecretRotationSpec.Store place);

    /** The live value; empty if there is none. Rejected if it lacks user name or password. */
    Outcome<Optional<Versioned>> live(RotationPolicy policy);

    /** A credential that only the service uses, such as a target's admin. */
    Outcome<Credential> read(SecretRotationSpec.Store place);

    /**
     * Whether the store lets the service do what a run does there, as far as that is known without doing it. Writes nothing.
     * STORE_REFUSED if not.
     */
    default Outcome<Boolean> permits(RotationPolicy policy) {
        return Outcome.done();
    }

    /** What the run keeps in each slot: of what was drawn last the value that was kept first, with the latest claim that keeps it. */
    Outcome<Map<Slot, Kept>> kept(RotationPolicy policy, RotationId run);

    /**
     * Keeps a value under its claim, where it is no live value yet. What that claim has kept there, of the same draw, is never overwritten.
     * Done with what is there now: ours or the earlier one.
     */
    Outcome<Kept> keep(RotationPolicy policy, RotationId run, Slot slot, Kept value);

    /** Whether the credential is none of the last that were made live here, as far as the store remembers them: by fingerprint. */
    default Outcome<Boolean> isNew(RotationPolicy policy, Credential credential) {
        return Outcome.done(true);
    }

    /**
     * Whether the run has made its value live here, and that one is live, or that of a run which came later: as far as the store remembers
     * its last runs.
     */
    default Outcome<Boolean> isDone(RotationPolicy policy, RotationId run) {
        return Outcome.done(false);
    }

    /**
     * Makes the credential the live value if the live value is still the given version (0: does not exist); its other fields
     * are kept. Done with the new version, also when an earlier try did it. STORE_CHANGED if somebody else wrote.
     */
    Outcome<Long> promote(RotationPolicy policy, RotationId run, Credential next, long expectedVersion);

    /**
     * Makes the previous credential live again if the live value is the failed one; what somebody else wrote stays. Where the live
     * value is still the given version it is written anew, so that a promotion which is still on its way comes too late.
     */
    Outcome<Boolean> restore(
            RotationPolicy policy, RotationId run, Credential failed, Credential previous, long expectedVersion);

    /** The runs of the SecretRotation for which something is kept. */
    Outcome<List<RotationId>> keptRuns(RotationPolicy policy);

    /** Deletes what the run keeps in both slots under that claim and earlier ones. What a later claim keeps is not ours to delete. */
    Outcome<Boolean> discard(RotationPolicy policy, RotationId run, long claim);
}
