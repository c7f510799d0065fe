package io.keyturn.rotation.resource;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationStatus;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.contract.resource.SecretRotationStatus.LastRotation;
import io.keyturn.contract.resource.StatusReason;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.History.Drift;
import io.keyturn.rotation.persistence.History.Entry;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import org.jspecify.annotations.Nullable;

/** Status as it follows from the runs in the database: lost status is rebuilt, never guessed. Pure. */
final class StatusView {
    private static final String READY = "Ready";

    private StatusView() {}

    /**
     * What stands against the SecretRotation as it is now, as far as it is known.
     *
     * @param generation of the spec that was looked at; null if it was not seen
     * @param suspended whether no run begins
     * @param since when the problem was first told
     */
    record Standing(
            @Nullable Long generation,
            boolean suspended,
            @Nullable Problem problem,
            Instant since) {
        /** As of now, unless what was said last is the same: its own time then, of this condition and no other. */
        static Standing of(
                @Nullable Long generation,
                boolean suspended,
                @Nullable Problem problem,
                @Nullable SecretRotationStatus last,
                Instant now) {
            var since = Optional.ofNullable(last)
                    .flatMap(status -> status.condition(READY))
                    .filter(ready -> problem != null && problem.reason().name().equals(ready.reason()))
                    .map(Condition::lastTransitionTime)
                    .orElse(now.truncatedTo(ChronoUnit.SECONDS));
            return new Standing(generation, suspended, problem, since);
        }
    }

    /** @param approvalDeadline how long a run waits for a person who lets it begin */
    static SecretRotationStatus of(History history, Standing standing, Duration approvalDeadline) {
        var force = inForce(history.succeeded());
        return new SecretRotationStatus(
                phase(history),
                conditions(history, standing, approvalDeadline),
                force == null ? null : force.version(),
                force == null ? null : force.principal(),
                lastRotation(history.last()),
                null,
                previousValidUntil(history.active()),
                standing.generation(),
                null);
    }

    private static List<Condition> conditions(History history, Standing standing, Duration approvalDeadline) {
        return Stream.concat(
                        Stream.of(adopted(history), ready(history, standing)),
                        notBegun(history.active(), standing, approvalDeadline).stream())
                .toList();
    }

    /** What a run that has not begun waits for, where that is no matter of moments. */
    private static Optional<Condition> notBegun(@Nullable Entry active, Standing standing, Duration approvalDeadline) {
        if (active == null || active.state().hasBegun()) {
            return Optional.empty();
        }
        return standing.suspended()
                ? Optional.of(suspended(active))
                : Optional.of(active)
                        .filter(entry -> entry.state() instanceof RotationState.AwaitingApproval)
                        .map(entry -> awaitingApproval(entry, approvalDeadline));
    }

    private static Condition suspended(Entry active) {
        var message = "Run %s (%s) waits until spec.suspend is false; it can be stopped with keyturn.io/abort=%s"
                .formatted(active.id(), active.reason(), active.id());
        return new Condition("Begun", "False", StatusReason.Suspended.name(), message, active.requestedAt(), null);
    }

    private static Condition awaitingApproval(Entry active, Duration deadline) {
        var message =
                "Run %1$s waits for an approval until %2$s: annotate with keyturn.io/approve=%1$s or keyturn.io/refuse=%1$s, and keyturn.io/approved-by=<your user name>"
                        .formatted(active.id(), active.since().plus(deadline).truncatedTo(ChronoUnit.SECONDS));
        return new Condition("Approved", "False", StatusReason.AwaitingApproval.name(), message, active.since(), null);
    }

    /** While a run is paused it is neither over nor well. */
    private static Condition paused(Entry active, RotationReason reason) {
        var message =
                "Run %1$s is paused by %2$s: %3$s. Annotate with keyturn.io/retry=%1$s.%4$d to go on, or keyturn.io/abort=%1$s to go back"
                        .formatted(active.id(), reason.name(), reason.remedy(), active.pauses());
        return new Condition(READY, "False", StatusReason.Paused.name(), message, active.since(), null);
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
                    "Adopted",
                    "True",
                    StatusReason.CredentialProven.name(),
                    "The live credential was proven to log in",
                    adopted);
        }
        var last = history.last();
        return last == null
                ? condition("Adopted", "False", StatusReason.Pending.name(), "Not looked at yet", history.active())
                : condition("Adopted", "False", reason(last), message(last), last);
    }

    /** A spec that cannot be carried out is not ready, whatever the last run came to; one that was mended is not blamed for it. */
    private static Condition ready(History history, Standing standing) {
        var problem = standing.problem();
        if (problem != null) {
            return new Condition(
                    READY, "False", problem.reason().name(), problem.detail(), standing.since(), standing.generation());
        }
        var active = history.active();
        if (active != null && active.state() instanceof RotationState.Paused(var _, var reason)) {
            return paused(active, reason);
        }
        var drift = history.drift();
        if (drift != null) {
            return drifted(drift);
        }
        var last = history.last();
        if (last == null) {
            return condition(READY, "False", StatusReason.Pending.name(), "Not adopted yet", history.active());
        }
        var good = last.state() instanceof Succeeded || isMended(last) ? history.succeeded() : null;
        return good == null
                ? condition(READY, "False", reason(last), message(last), last)
                : condition(
                        READY, "True", StatusReason.InForce.name(), "The credential in the store is in force", good);
    }

    private static Condition drifted(Drift drift) {
        return new Condition(
                READY,
                "False",
                StatusReason.Drifted.name(),
                DriftText.of(drift),
                drift.since().truncatedTo(ChronoUnit.SECONDS),
                null);
    }

    private static boolean isMended(Entry last) {
        return RotationReason.INVALID_SPEC.name().equals(last.outcomeReason())
                || RotationReason.CREDENTIAL_TAKEN.name().equals(last.outcomeReason());
    }

    private static String reason(Entry entry) {
        return entry.outcomeReason() == null ? "Unknown" : entry.outcomeReason();
    }

    private static String message(Entry entry) {
        var ended = entry.state() instanceof RotationState.RolledBack
                ? "The last run was rolled back; the previous value is in force"
                : "The last run was given up";
        var remedy = entry.outcomeReason() == null
                ? null
                : RotationReason.valueOf(entry.outcomeReason()).remedy();
        var detail = entry.detail() == null ? remedy : entry.detail();
        return detail == null ? ended : ended + ". " + detail;
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
                        last.reason(),
                        last.requestedAt(),
                        last.finishedAt(),
                        last.state().phase(),
                        last.outcomeReason());
    }

    /** While the old value is unused but still in its grace period. */
    private static @Nullable Instant previousValidUntil(@Nullable Entry active) {
        return active != null && active.state() instanceof RotationState.ConsumersMoved ? active.dueAt() : null;
    }
}
