package io.keyturn.rotation.saga;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands. Each state holds what is needed to go on from it after a crash, and no secret. How they follow each other is
 * drawn in {@code docs/reference/state-machine.md}.
 */
public sealed interface RotationState {

    /**
     * Accepted, nothing touched.
     *
     * @param approvedBy who has let it begin, where the policy wants that; null for nobody
     */
    record Requested(Purpose purpose, @Nullable ActorName approvedBy) implements RotationState {
        public Requested(Purpose purpose) {
            this(purpose, null);
        }
    }

    /** Nothing touched, and nothing will be until a person says so. */
    record AwaitingApproval() implements RotationState {}

    /**
     * The values of the run lie in the pending mount, but for a new one that the target issues; the target may be about to learn
     * the new value, or to issue it.
     *
     * @param draw how many new values were made so far
     */
    record Generated(Change change, int draw) implements RotationState {
        public Generated(Change change) {
            this(change, 1);
        }
    }

    /** The target did not take the last of so many new values; another one takes its place. */
    record ValueRefused(Change change, int draw) implements RotationState {}

    /** The target accepts the new value. */
    record Applied(Change change, Instant appliedAt) implements RotationState {}

    /** A login with the new value worked. */
    record Tested(Change change, Instant appliedAt) implements RotationState {}

    /** The store's current version is the new value; publications are due under this attempt. {@code first}: what holds it already. */
    record Promoted(
            Change change,
            Instant appliedAt,
            long version,
            int attempt,
            @Nullable Published first) implements RotationState {}

    /** Every publication holds the new value; readers are moving. */
    record AwaitingConsumers(Change change, Instant appliedAt, long version, Published published)
            implements RotationState {}

    /** Nobody holds the old value; it dies after the grace period. From here there is no way back, unless that one is live again. */
    record ConsumersMoved(Change change, Instant appliedAt, Instant movedAt, long version) implements RotationState {}

    /**
     * The old value is refused.
     *
     * @param leftovers earlier runs whose values are to be deleted with its own
     */
    record Retired(Change change, Instant appliedAt, Instant movedAt, long version, List<RotationId> leftovers)
            implements RotationState {
        public Retired(Change change, Instant appliedAt, Instant movedAt, long version) {
            this(change, appliedAt, movedAt, version, List.of());
        }
    }

    /**
     * Going back.
     *
     * @param remaining the steps not done yet, the current one first
     * @param complete false if the run ends as Failed instead of RolledBack: it had never begun, or a step back was given up, and then
     *     it keeps its values
     * @param attempt the last publication attempt used
     * @param failed when the failed value was published, or may have been; null if it was not
     * @param restored set once the previous value is published again
     */
    record Compensating(
            Change change,
            RotationReason reason,
            List<UndoStep> remaining,
            boolean complete,
            int attempt,
            @Nullable Published failed,
            @Nullable Published restored)
            implements RotationState {
        /** Whether the failed value may be published though the run never came to that as far as it knows. One that never began did nothing. */
        boolean mayBePublished() {
            return complete && failed == null && restored == null && !remaining.contains(UndoStep.RESTORE_PUBLICATIONS);
        }

        Compensating because(RotationReason other) {
            return new Compensating(change, other, remaining, complete, attempt, failed, restored);
        }
    }

    /**
     * Waits for a person instead of turning back.
     *
     * @param at the state to go on from, or to go back from
     */
    record Paused(RotationState at, RotationReason reason) implements RotationState {}

    /** Over, new value in force (or an existing one adopted, or set again). */
    record Succeeded(String principal, long version) implements RotationState {}

    /** Over, previous value in force. */
    record RolledBack(RotationReason reason) implements RotationState {}

    /**
     * Over, given up; what is in force is in the record of its steps.
     *
     * @param held what readers may still hold beside the live value; null for nothing
     */
    record Failed(RotationReason reason, @Nullable Held held) implements RotationState {
        public Failed(RotationReason reason) {
            this(reason, null);
        }
    }

    /** Whether it may have touched anything. */
    default boolean hasBegun() {
        return !(this instanceof Requested || this instanceof AwaitingApproval);
    }

    /** Whether the old value may be gone and the new one is live, so that there is nothing to go back to. */
    default boolean isPastReturn() {
        return switch (this) {
            case ConsumersMoved _, Retired _ -> true;
            case Promoted promoted -> promoted.change().retirement() != Retirement.AFTER_READERS;
            case AwaitingConsumers awaiting -> awaiting.change().retirement() != Retirement.AFTER_READERS;
            case Requested _,
                    AwaitingApproval _,
                    Generated _,
                    ValueRefused _,
                    Applied _,
                    Tested _,
                    Compensating _,
                    Paused _,
                    Succeeded _,
                    RolledBack _,
                    Failed _ -> false;
        };
    }

    default boolean isOver() {
        return this instanceof Succeeded || this instanceof RolledBack || this instanceof Failed;
    }

    /** The word for status, metrics and logs. */
    default String phase() {
        return this instanceof AwaitingConsumers ? "Published" : getClass().getSimpleName();
    }
}
