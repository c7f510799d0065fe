package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Doubt;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import org.jspecify.annotations.Nullable;

/**
 * A plan as it is kept.
 *
 * @param observedAt when the watcher saw the change
 * @param decision number of the reading it was made from: of two plans the one with the higher number is the newer, whatever clocks say
 * @param owner whose it is since when: each time a plan is taken over this is another one. Null for one that is new
 * @param heldUntil until when its owner held it when it was read; each of its steps moves that. Null for one that is new
 */
public record StoredPlan(
        PlanRef ref,
        State state,
        @Nullable String reason,
        @Nullable String failedWorkload,
        @Nullable String supersededBy,
        int maxParallel,
        int unaffected,
        Instant observedAt,
        Instant startedAt,
        long decision,
        Instant deadline,
        @Nullable Instant finishedAt,
        @Nullable String owner,
        @Nullable Instant heldUntil,
        @Nullable String traceparent,
        Map<ObjectRef, Stated> objects,
        List<Item> items) {

    /** Whether it runs, and how it ended. */
    public enum State {
        RUNNING,
        COMPLETED,
        FAILED,
        SUPERSEDED
    }

    /**
     * One workload of the plan.
     *
     * @param intent what the patch does; null until it is decided. That of a pending item was sent by an earlier plan, or refused
     * @param inDoubt a patch of an earlier plan may have arrived
     */
    public record Item(
            WorkloadRef workload,
            int wave,
            ItemState state,
            long generation,
            @Nullable Intent intent,
            boolean inDoubt) {

        /** One that is not in doubt. */
        public Item(WorkloadRef workload, int wave, ItemState state, long generation, @Nullable Intent intent) {
            this(workload, wave, state, generation, intent, false);
        }

        public Uid uid() {
            return workload.uid();
        }

        public Item with(ItemState next) {
            return new Item(workload, wave, next, generation, intent, inDoubt);
        }

        /** Whether a patch was decided, by this plan or an earlier one, of which it is not known whether it has arrived. */
        public boolean isInDoubt() {
            return state == ItemState.PATCHING || state == ItemState.PENDING && inDoubt;
        }

        /** What the next patch has to reckon with: a patch that may have arrived. Null if there is none. */
        public @Nullable Doubt doubt() {
            return isInDoubt() ? new Doubt(intent) : null;
        }

        /** As the pure core sees it. */
        public PlanProgress.Item progress() {
            return new PlanProgress.Item(workload, wave, state, generation);
        }
    }
}
