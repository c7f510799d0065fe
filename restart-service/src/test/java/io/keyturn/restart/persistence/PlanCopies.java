package io.keyturn.restart.persistence;

import java.util.Comparator;
import java.util.List;

import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.StoredPlan.State;

/** Plans that differ in one thing. */
final class PlanCopies {
    private PlanCopies() {}

    static StoredPlan with(StoredPlan plan, State state) {
        return copy(plan, state, plan.items());
    }

    static StoredPlan with(StoredPlan plan, List<Item> items) {
        return copy(plan, plan.state(), items);
    }

    /** As they are read. */
    static StoredPlan sorted(StoredPlan plan) {
        return with(
                plan,
                plan.items().stream()
                        .sorted(Comparator.comparingInt(Item::wave)
                                .thenComparing(item -> item.workload().name()))
                        .toList());
    }

    private static StoredPlan copy(StoredPlan plan, State state, List<Item> items) {
        return new StoredPlan(
                plan.ref(),
                state,
                plan.reason(),
                plan.failedWorkload(),
                plan.supersededBy(),
                plan.maxParallel(),
                plan.unaffected(),
                plan.observedAt(),
                plan.startedAt(),
                plan.deadline(),
                plan.finishedAt(),
                plan.traceparent(),
                plan.objects(),
                items);
    }
}
