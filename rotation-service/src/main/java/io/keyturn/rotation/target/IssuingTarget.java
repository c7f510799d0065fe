package io.keyturn.rotation.target;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;

/**
 * A target that makes its credentials itself, such as access keys, or gets them from a person. What it issued is kept in the
 * pending slot before anything else sees it; from then on the run goes on as any other.
 *
 * <p>A crash between issuing and keeping loses the answer and not the credential. To find it is the duty of the target, which is
 * the only one that can: it marks what it issues with the run, or compares what there is with the live credential.
 */
public non-sealed interface IssuingTarget extends Target {

    /** Always beside the live one: what would replace it at once could be lost between the issue and the keeping. */
    @Override
    default Overlap overlap() {
        return Overlap.BOTH_VALID;
    }

    /**
     * Issues a credential beside the live one; asked only while the run keeps none. First it looks for one that an earlier try
     * issued, and gives that one out again or takes it away. Waiting as long as a person has not supplied it. The caller closes it.
     */
    Outcome<Credential> issue(RotationId run, Credential live);

    /** The way back of a run that keeps no new credential: takes away what an earlier try may have issued. */
    Outcome<Boolean> withdraw(RotationId run, Credential live);
}
