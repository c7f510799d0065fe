package io.keyturn.rotation.policy;

import java.util.Map;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.Annotations;
import org.jspecify.annotations.Nullable;

/** What people have said about a run, in the annotations of its SecretRotation. */
public sealed interface Word {
    record None() implements Word {}

    record Approved(ActorName by) implements Word {}

    record Refused(ActorName by) implements Word {}

    /** Go on where it is paused. */
    record Retry() implements Word {}

    /** Stop. */
    record Abort() implements Word {}

    /** What stops a run counts more than what lets it go on; an approval or refusal without a name counts for nothing. */
    static Word about(RotationId run, @Nullable Map<String, String> annotations) {
        if (annotations == null) {
            return new None();
        }
        if (names(run, annotations.get(Annotations.ABORT))) {
            return new Abort();
        }
        var by = actor(annotations.get(Annotations.APPROVED_BY));
        if (by != null && names(run, annotations.get(Annotations.REFUSE))) {
            return new Refused(by);
        }
        if (by != null && names(run, annotations.get(Annotations.APPROVE))) {
            return new Approved(by);
        }
        return names(run, annotations.get(Annotations.RETRY)) ? new Retry() : new None();
    }

    private static boolean names(RotationId run, @Nullable String id) {
        return run.value().equals(id);
    }

    private static @Nullable ActorName actor(@Nullable String name) {
        try {
            return name == null ? null : new ActorName(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
