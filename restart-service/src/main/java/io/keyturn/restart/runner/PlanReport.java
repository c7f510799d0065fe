package io.keyturn.restart.runner;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.Completed;
import io.keyturn.restart.plan.PlanProgress.Failed;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.PlanProgress.Running;
import io.keyturn.restart.plan.PlanProgress.Step;
import io.keyturn.restart.workload.WorkloadEvents;

/** Tells people what became of a step, after its transaction: log, metrics, Kubernetes Events. Never blocks. */
@ApplicationScoped
class PlanReport {
    private final RestartMetrics metrics;
    private final WorkloadEvents events;
    private final Clock clock;

    PlanReport(RestartMetrics metrics, WorkloadEvents events, Clock clock) {
        this.metrics = metrics;
        this.events = events;
        this.clock = clock;
    }

    void patched(StoredPlan plan, Map<Uid, Long> generations, List<Item> decided) {
        for (var item : decided) {
            var generation = generations.get(item.uid());
            if (generation != null) {
                metrics.patched(Duration.between(plan.observedAt(), clock.instant()));
                RestartLog.LOG.patched(plan.ref().id(), item.workload(), generation);
                events.normal(item.workload(), "Rolled because " + plan.ref().trigger() + " changed");
            }
        }
    }

    void settled(StoredPlan plan, List<Item> items, Step step) {
        for (var item : items) {
            var state = step.settled().get(item.uid());
            if (state != null) {
                metrics.restarted(item.workload().kind(), state);
            }
            if (state == ItemState.LEFT_TO_OWNER) {
                RestartLog.LOG.leftToOwner(plan.ref().id(), item.workload());
            }
        }
        ended(plan, step.outcome());
    }

    void ended(StoredPlan plan, PlanProgress.Outcome outcome) {
        switch (outcome) {
            case Running() -> {}
            case Completed(int rolled) -> RestartLog.LOG.completed(plan.ref().id(), rolled, plan.unaffected());
            case Failed(var reason, var workload) -> {
                metrics.restarted(workload.kind(), reason);
                RestartLog.LOG.failed(plan.ref().id(), reason, workload);
                events.warning(workload, "Restart stopped: " + reason);
            }
        }
    }
}
