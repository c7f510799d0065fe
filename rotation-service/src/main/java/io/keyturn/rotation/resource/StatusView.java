package io.keyturn.rotation.resource;

import java.util.List;

import io.keyturn.contract.resource.SecretRotationStatus;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.contract.resource.SecretRotationStatus.LastRotation;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.History.Entry;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import org.jspecify.annotations.Nullable;

/** Status as it follows from the runs in the database: lost status is rebuilt, never guessed. Pure. */
final class StatusView {
    private StatusView() {}

    static SecretRotationStatus of(History history) {
        var force = inForce(history.succeeded());
        return new SecretRotationStatus(
                phase(history),
                List.of(adopted(history), ready(history)),
                force == null ? null : force.version(),
                force == null ? null : force.principal(),
                lastRotation(history.last()),
                null,
                previousValidUntil(history.active()),
                null);
    }

    private static String phase(History history) {
        if (history.active() != null) {
            return history.active().state().phase();
        }
        return history.last() == null ? "Pending" : history.last().state().phase();
    }

    private static @Nullable Succeeded inForce(@Nullable Entry succeeded) {
        return succeeded != null && succeeded.state() instanceof Succeeded s ? s : null;
    }

    private static Condition adopted(History history) {
        var adopted = history.adopted();
        if (adopted != null) {
            return condition(
                    "Adopted", "True", "CredentialProven", "The live credential was proven to log in", adopted);
        }
        var last = history.last();
        return last == null
                ? condition("Adopted", "False", "Pending", "Not looked at yet", history.active())
                : condition("Adopted", "False", reason(last), message(last), last);
    }

    private static Condition ready(History history) {
        var last = history.last();
        if (last == null) {
            return condition("Ready", "False", "Pending", "Not adopted yet", history.active());
        }
        return last.state() instanceof Succeeded
                ? condition("Ready", "True", "InForce", "The credential in the store is in force", last)
                : condition("Ready", "False", reason(last), message(last), last);
    }

    private static String reason(Entry entry) {
        return entry.outcomeReason() == null ? "Unknown" : entry.outcomeReason();
    }

    private static String message(Entry entry) {
        var ended = entry.state() instanceof RotationState.RolledBack
                ? "The last run was rolled back; the previous value is in force"
                : "The last run was given up";
        return entry.detail() == null ? ended : ended + ": " + entry.detail();
    }

    private static Condition condition(
            String type, String status, String reason, String message, @Nullable Entry since) {
        var at = since == null ? null : since.finishedAt() == null ? since.requestedAt() : since.finishedAt();
        return new Condition(type, status, reason, message, at, null);
    }

    private static @Nullable LastRotation lastRotation(@Nullable Entry last) {
        return last == null
                ? null
                : new LastRotation(
                        last.id(),
                        last.requestedAt(),
                        last.finishedAt(),
                        last.state().phase(),
                        last.outcomeReason());
    }

    /** While the old value is unused but still in its grace period. */
    private static java.time.@Nullable Instant previousValidUntil(@Nullable Entry active) {
        return active != null && active.state() instanceof RotationState.ConsumersMoved ? active.dueAt() : null;
    }
}
