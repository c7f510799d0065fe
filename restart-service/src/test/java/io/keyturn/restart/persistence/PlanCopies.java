package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.StoredPlan.State;
import org.jspecify.annotations.Nullable;

/** Plans that differ in one thing. */
public final class PlanCopies {
    private PlanCopies() {}

    static StoredPlan with(StoredPlan plan, State state) {
        return copy(plan, state, plan.items());
    }

    public static StoredPlan with(StoredPlan plan, List<Item> items) {
        return copy(plan, plan.state(), items);
    }

    static StoredPlan with(StoredPlan plan, Instant heldUntil) {
        return copy(plan, plan.state(), plan.items(), plan.owner(), heldUntil);
    }

    static StoredPlan taken(StoredPlan plan, String owner, Instant heldUntil) {
        return copy(plan, plan.state(), plan.items(), owner, heldUntil);
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
        return copy(plan, state, items, plan.owner(), plan.heldUntil());
    }

    private static StoredPlan copy(
            StoredPlan plan, State state, List<Item> items, @Nullable String owner, @Nullable Instant heldUntil) {
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
                plan.decision(),
                plan.deadline(),
                plan.finishedAt(),
                owner,
                heldUntil,
                plan.traceparent(),
                plan.objects(),
                items);
    }
}
