package io.keyturn.restart.plan;

import java.time.Duration;
import java.util.List;

import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.InUse;
import org.jspecify.annotations.Nullable;

/**
 * Who rolls, in which wave, and who is only remembered.
 *
 * @param unaffected how many readers need not roll
 */
public record RestartPlan(
        List<Item> items, List<Adoption> adoptions, int unaffected, int maxParallel, Duration deadline) {
    public RestartPlan {
        items = List.copyOf(items);
        adoptions = List.copyOf(adoptions);
    }

    /**
     * One workload to bring to health.
     *
     * @param wave from 0; the next begins when all of the one before are healthy
     * @param underWay the generation that an earlier plan's patch led to: wait for it, do not patch again
     */
    public record Item(
            int wave, Workload workload, @Nullable Long underWay) {}

    /** Content to remember for a workload without rolling it. */
    public record Adoption(WorkloadRef workload, InUse inUse) {}
}
