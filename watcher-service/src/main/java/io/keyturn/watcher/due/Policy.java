package io.keyturn.watcher.due;

import java.time.Instant;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A SecretRotation as far as due dates go.
 *
 * @param adopted whether rotation-service has adopted the credential; before that nothing is requested
 * @param underWay whether status shows a run that has not ended
 * @param badField the first field that could not be read, null if there is none
 * @param retryOf the run that annotation {@code keyturn.io/retry} names
 * @param rotateToken the value of annotation {@code keyturn.io/rotate}
 * @param compromisedToken the value of annotation {@code keyturn.io/compromised}
 */
public record Policy(
        ObjectRef ref,
        Uid uid,
        Instant createdAt,
        boolean suspended,
        boolean adopted,
        boolean deleting,
        boolean underWay,
        @Nullable Schedule schedule,
        @Nullable BadSchedule badField,
        @Nullable LastRun lastRun,
        @Nullable String retryOf,
        @Nullable String rotateToken,
        @Nullable String compromisedToken,
        @Nullable ActorName requestedBy) {

    /**
     * The last finished run.
     *
     * @param emergency whether it was asked for since the value may be known to somebody
     */
    public record LastRun(RotationId id, @Nullable Instant finishedAt, boolean succeeded, boolean emergency) {}
}
