package io.keyturn.rotation.step;

import java.util.List;

import io.keyturn.contract.reference.RotationId;

/** Says which runs may still need the values they keep. */
public interface OpenRuns {
    /** Those of the runs that are not over. Blocking; throws if it cannot be told now. */
    List<RotationId> among(List<RotationId> runs);
}
