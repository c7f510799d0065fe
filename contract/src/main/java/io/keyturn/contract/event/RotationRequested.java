package io.keyturn.contract.event;

import java.time.Instant;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wants this SecretRotation to run.
 *
 * @param id deterministic in the cause (policy uid and due instant, or token), so a repeated request is one run
 * @param basedOn the last run the requester knew of; a request based on an older one is refused as stale
 * @param dueAt when the schedule said so; null for other reasons
 */
public record RotationRequested(
        ObjectRef about,
        Uid policyUid,
        RotationId id,
        RequestReason reason,
        @Nullable RotationId basedOn,
        @Nullable Instant dueAt,
        @Nullable ActorName requestedBy,
        Instant at)
        implements RequestEvent {
    public RotationRequested {
        if (about.kind() != ObjectKind.SecretRotation) {
            throw new IllegalArgumentException("Only a SecretRotation can be asked to run, not a " + about.kind());
        }
    }
}
