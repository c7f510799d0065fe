package io.keyturn.rotation.publication;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import org.jspecify.annotations.Nullable;

/**
 * One kind of place where consumers read a credential: one package, one branch of {@code spec.publish[]}, one conformance test.
 * Calls block and look before they act. No foreign exception leaves an implementation.
 */
public interface Publisher {

    /** Who wrote what lies there: by that it is known who was there in that second before the write. */
    enum Writer {
        THIS_CALL,
        /** This call as well, which has found the content there and has only stamped it. */
        THIS_STAMP,
        /** One of ours whose answer was lost, or that came before a crash. */
        EARLIER_CALL,
        /** The owner of the place, who was asked for it. */
        SOMEBODY_ELSE,
        /** Somebody who was not asked: what lies there is not what the run may write over, and was left as it is. */
        STRANGER
    }

    /**
     * Secrets that hold the value now, or that of a stranger.
     *
     * @param at when the content was written or stamped, by the clock of the API server, in whole seconds; of a stranger's, not before that
     */
    record Written(Instant at, List<ObjectRef> secrets, Writer by) {}

    /**
     * What is written beside the value, in the same request.
     *
     * @param fence the number of the claim under which it is published. Where a higher one lies already nothing is written (CONFLICT):
     *     this process was stopped for too long, and others have gone on
     */
    record Stamp(PublicationId id, long fence, @Nullable String traceparent) {}

    /**
     * What may be written over: an absent place, what Keyturn wrote last itself, and these values. Anything else too, unless the place is
     * known to have held one of them.
     *
     * @param values those of the run, and what it goes back to
     * @param intact whether the place held one of them when the run was prepared; one that bears a stamp of this run has held one as well
     */
    record Replaceable(List<Credential> values, boolean intact) {}

    boolean handles(Publication spec);

    /** What is wrong with its branch, which lies at the given field, and which Secrets consumers read in the end. Pure. */
    PublicationFacts read(String field, String namespace, Publication spec, TargetFacts target);

    /** What its branch, at the given field, writes; only one SecretRotation may manage each. Pure. */
    List<Claim> claims(String field, String namespace, Publication spec);

    /** Refuses up front what belongs to somebody else. */
    Outcome<Boolean> inspect(RotationPolicy policy, Publication spec);

    /** Whether the service may write there, as far as that is known without writing. Writes nothing. */
    default Outcome<Boolean> permits(RotationPolicy policy, Publication spec) {
        return Outcome.done();
    }

    /** Reads the credential that is published now, for adoption; empty if there is none that can be read back. */
    Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Publication spec, Map<String, String> attributes, String principal);

    /**
     * Publishes under this stamp exactly what is ours. Done once consumers that start now read the value, without writing again if it
     * was written under its id before; Waiting while it is on its way, where somebody else writes in the end. Done
     * as well, and nothing is written, where a stranger has.
     */
    Outcome<Written> publish(
            RotationPolicy policy,
            Publication spec,
            Credential credential,
            Map<String, String> attributes,
            Stamp stamp,
            Replaceable replaceable);

    /**
     * Sees to it that who publishes here under an earlier claim comes too late. Changes nothing that a consumer reads, and makes no place.
     * CONFLICT where a later claim has been here already.
     */
    Outcome<Boolean> fence(RotationPolicy policy, Publication spec, long fence);

    /**
     * Whether consumers that start now still read this credential, by what lies there and not by its stamp: Done if they do, else
     * Waiting with PUBLICATION_CHANGED, since who wrote over it may put it back.
     */
    Outcome<Boolean> holds(
            RotationPolicy policy, Publication spec, Credential credential, Map<String, String> attributes);
}
