package io.keyturn.rotation.step;

import java.util.List;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Held;

/** What a run has to know of others. Blocking; throws if it cannot be told now. */
public interface OtherRuns {
    /** Those of the runs that are not over, and may still need the values they keep. */
    List<RotationId> openAmong(List<RotationId> runs);

    /** Whether a run of that id, of the SecretRotation with that uid, has come to its end. Of one that is not known nobody can say what it is about to do. */
    boolean isOver(String policyUid, RotationId run);

    /** Which failed values readers may still hold, of runs of the SecretRotation with that uid. */
    List<Held> held(String policyUid);
}
