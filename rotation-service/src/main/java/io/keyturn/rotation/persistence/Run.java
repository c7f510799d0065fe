package io.keyturn.rotation.persistence;

import java.time.Instant;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;

/**
 * A run as it was read from its row.
 *
 * @param spec what the SecretRotation said when the run left Requested; null before
 * @param pauses how often it has paused, this time included
 * @param dueAt when it was due; a report that comes meanwhile moves it
 * @param hastened whether an emergency waited for it then
 * @param epoch of the claim it was read under: the fence, in this database and wherever a target or a publication can hold a number
 */
public record Run(
        RotationId id,
        ObjectRef policy,
        String policyUid,
        RequestReason reason,
        @Nullable RotationId basedOn,
        @Nullable SecretRotationSpec spec,
        RotationState state,
        Instant since,
        int tries,
        int pauses,
        Instant dueAt,
        boolean hastened,
        long epoch,
        @Nullable String traceparent) {
    public RunRef ref() {
        return new RunRef(id, policy);
    }
}
