package io.keyturn.rotation.policy;

import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.event.Verdict;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.Annotations;
import org.jspecify.annotations.Nullable;

/**
 * What people have said about one run, in the annotations of its SecretRotation. What was said of its beginning may still stand there
 * when it is asked how it goes on, so each question is asked for itself.
 */
public record Word(RotationId run, Map<String, String> annotations) {

    /** A verdict, and whose it is. */
    public record Said(Verdict verdict, ActorName by) {}

    /** Whether it is to stop. */
    public boolean aborts() {
        return run.value().equals(annotations.get(Annotations.ABORT));
    }

    /** Who has asked for it to stop or to go on; null as long as nobody gives his name. */
    public @Nullable ActorName requestedBy() {
        return ActorName.orNull(annotations.get(Annotations.REQUESTED_BY));
    }

    /** Whether it may begin; empty as long as nobody has said so with his name. A refusal counts more than an approval. */
    public Optional<Said> verdict() {
        var by = ActorName.orNull(annotations.get(Annotations.APPROVED_BY));
        if (by == null) {
            return Optional.empty();
        }
        if (run.value().equals(annotations.get(Annotations.REFUSE))) {
            return Optional.of(new Said(Verdict.REFUSED, by));
        }
        return run.value().equals(annotations.get(Annotations.APPROVE))
                ? Optional.of(new Said(Verdict.APPROVED, by))
                : Optional.empty();
    }

    /** Whether it is to go on from its pause with this number: a word about one pause is none about the next. */
    public boolean resumesFrom(int pause) {
        return (run.value() + "." + pause).equals(annotations.get(Annotations.RETRY));
    }
}
