package io.keyturn.watcher.due;

import java.time.Instant;

import io.keyturn.contract.resource.ScheduleReason;
import org.jspecify.annotations.Nullable;

/** When a SecretRotation is due by its schedule. */
public sealed interface Due {
    /** Nothing is due by schedule: there is none, or it is suspended, or the object is being deleted. */
    record Never(ScheduleReason reason) implements Due {}

    /** The schedule cannot be understood. */
    record Invalid(BadSchedule problem) implements Due {}

    /** Due at that instant, later than now. */
    record Waiting(Instant at) implements Due {}

    /** Due since that instant; a run may start now. */
    record Now(Instant since) implements Due {}

    /** Would be due at that instant, but nothing is requested before the credential is adopted. */
    record AwaitingAdoption(Instant at) implements Due {}

    /** The instant that status shows as next; null if there is none. */
    default @Nullable Instant next() {
        return switch (this) {
            case Never _, Invalid _ -> null;
            case Waiting(var at) -> at;
            case Now(var since) -> since;
            case AwaitingAdoption(var at) -> at;
        };
    }

    /** Whether condition {@code Scheduled} holds. */
    default boolean scheduled() {
        return switch (this) {
            case Never _, Invalid _ -> false;
            case Waiting _, Now _, AwaitingAdoption _ -> true;
        };
    }

    default ScheduleReason reason() {
        return switch (this) {
            case Never(var reason) -> reason;
            case Invalid _ -> ScheduleReason.InvalidSchedule;
            case Waiting _ -> ScheduleReason.Waiting;
            case Now _ -> ScheduleReason.Due;
            case AwaitingAdoption _ -> ScheduleReason.AwaitingAdoption;
        };
    }

    /** For people. */
    default String message() {
        return switch (this) {
            case Never(var reason) ->
                switch (reason) {
                    case NoSchedule -> "spec.schedule is absent: it rotates on request only";
                    case Suspended -> "spec.suspend is true: nothing is requested until it is false";
                    case Deleting -> "The SecretRotation is being deleted";
                    case InvalidSchedule, Waiting, Due, AwaitingAdoption -> "";
                };
            case Invalid(var problem) -> problem.message();
            case Waiting _ -> "The next run is requested at status.nextRotation";
            case Now _ -> "A run is due since status.nextRotation; it is requested, in its turn if many are overdue";
            case AwaitingAdoption _ -> "Nothing is requested before condition Adopted is True";
        };
    }
}
