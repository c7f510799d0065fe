package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import org.jspecify.annotations.Nullable;

/**
 * A plan as it is kept.
 *
 * @param observedAt when the watcher saw the change
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
        Instant deadline,
        @Nullable Instant finishedAt,
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
     * @param hash what the patch writes; null until it is decided
     */
    public record Item(
            WorkloadRef workload,
            int wave,
            ItemState state,
            long generation,
            @Nullable String hash) {
        public Uid uid() {
            return workload.uid();
        }

        public Item with(ItemState next) {
            return new Item(workload, wave, next, generation, hash);
        }

        /** As the pure core sees it. */
        public PlanProgress.Item progress() {
            return new PlanProgress.Item(workload, wave, state, generation);
        }
    }
}
