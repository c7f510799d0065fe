package io.keyturn.restart.runner;

import java.util.List;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartEvent;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.Transactions;
import io.smallrye.mutiny.Uni;

/** Where a plan stands, in its rows: every change first holds the plan, and its facts commit with it. */
@ApplicationScoped
class PlanRecord {
    private final Transactions transactions;
    private final PlanStore plans;
    private final LostBaselines lost;
    private final KitConfig kit;

    PlanRecord(Transactions transactions, PlanStore plans, LostBaselines lost, KitConfig kit) {
        this.transactions = transactions;
        this.plans = plans;
        this.lost = lost;
        this.kit = kit;
    }

    /** A sign of life. False: the plan is not ours to drive any more. */
    boolean hold(StoredPlan plan) {
        return transactions.run(null, work -> hold(work, plan));
    }

    Uni<Boolean> hold(Work work, StoredPlan plan) {
        return plans.hold(work, plan.ref().id(), owner(plan));
    }

    private String owner(StoredPlan plan) {
        return Objects.requireNonNullElse(plan.owner(), kit.instance());
    }

    /** Records the step and states its facts, unless the plan is not ours any more. */
    Uni<Boolean> step(Work work, StoredPlan plan, PlanStore.Step step, List<RestartEvent> facts) {
        return plans.record(work, plan.ref().id(), owner(plan), step)
                .chain(ours -> ours
                        ? work.state(facts)
                                .chain(_ -> step.end() == StoredPlan.State.COMPLETED
                                        ? lost.completed(work, plan.ref().id())
                                        : Uni.createFrom().voidItem())
                                .replaceWith(true)
                        : Uni.createFrom().item(false));
    }
}
