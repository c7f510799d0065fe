package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RunRef;

/** Facts of topic {@code keyturn.rotations.v1}: the steps of a run, said by rotation-service. */
public sealed interface RotationEvent extends Event
        permits RotationStarted,
                RotationAdopted,
                RotationAwaitingApproval,
                RotationApprovalDecided,
                RotationPaused,
                RotationSteered,
                RotationGenerated,
                RotationApplied,
                RotationTested,
                RotationPromoted,
                RotationPublished,
                RotationConsumersMoved,
                RotationRetired,
                RotationSwept,
                RotationSucceeded,
                RotationRolledBack,
                RotationFailed {

    RunRef run();

    Instant at();

    @Override
    default ObjectRef about() {
        return run().policy();
    }
}
