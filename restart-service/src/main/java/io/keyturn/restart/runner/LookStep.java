package io.keyturn.restart.runner;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Doubt;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.PlanningStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.Completed;
import io.keyturn.restart.plan.PlanProgress.Failed;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.PlanProgress.Running;
import io.keyturn.restart.plan.PlanProgress.Step;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.runner.PlanDriver.Progress;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Compares the cluster with a plan, then records in one transaction what is new. */
@ApplicationScoped
class LookStep {
    private final WorkloadIndex index;
    private final Transactions transactions;
    private final PlanRecord record;
    private final BaselineStore baselines;
    private final PlanningStore planning;
    private final PlanReport report;
    private final Clock clock;

    LookStep(
            WorkloadIndex index,
            Transactions transactions,
            PlanRecord record,
            BaselineStore baselines,
            PlanningStore planning,
            PlanReport report,
            Clock clock) {
        this.index = index;
        this.transactions = transactions;
        this.record = record;
        this.baselines = baselines;
        this.planning = planning;
        this.report = report;
        this.clock = clock;
    }

    /** Settled workloads, the next patches, the end. */
    Progress run(StoredPlan plan, List<Item> items) {
        var uids = items.stream().map(Item::uid).toList();
        var step = PlanProgress.next(
                items.stream().map(Item::progress).toList(),
                index.rollouts(uids),
                plan.maxParallel(),
                clock.instant(),
                plan.deadline());
        if (step.settled().isEmpty() && step.start().isEmpty() && step.outcome() instanceof Running) {
            return new Progress(items, false, false);
        }
        var starting = index.workloads(step.start());
        var intents = new HashMap<WorkloadRef, Intent>();
        var ours = transactions.run(
                plan.traceparent(),
                work -> intents(work, plan, items, starting).chain(decided -> {
                    intents.putAll(decided);
                    return record.step(
                            work,
                            plan,
                            new PlanStore.Step(step.settled(), Map.of(), decided, end(step), failure(step)),
                            facts(plan, items, step));
                }));
        if (!ours) {
            return new Progress(items, true, false);
        }
        report.settled(plan, items, step);
        return new Progress(after(items, step, intents), !(step.outcome() instanceof Running), true);
    }

    /**
     * What the next patches will write: decided while the plan is held, from what is in use then; and while nobody plans for the namespace, who
     * may have decided from contents that cannot be seen yet.
     */
    private Uni<Map<WorkloadRef, Intent>> intents(
            Work work, StoredPlan plan, List<Item> items, List<Workload> starting) {
        if (starting.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        var doubts = new HashMap<Uid, @Nullable Doubt>();
        items.forEach(item -> doubts.put(item.uid(), item.doubt()));
        return planning.lock(work, plan.ref().trigger().namespace())
                .chain(_ -> record.hold(work, plan))
                .chain(_ -> baselines.situation(
                        work,
                        starting.stream()
                                .flatMap(w -> w.references().objects().stream())
                                .collect(Collectors.toSet()),
                        starting.stream().map(w -> w.ref().uid()).collect(Collectors.toSet())))
                .map(situation -> starting.stream()
                        .collect(Collectors.toMap(
                                Workload::ref,
                                w -> Decision.intent(
                                        w,
                                        situation,
                                        doubts.get(w.ref().uid()),
                                        plan.ref().id()))));
    }

    private static StoredPlan.@Nullable State end(Step step) {
        return switch (step.outcome()) {
            case Running() -> null;
            case Completed(int _) -> StoredPlan.State.COMPLETED;
            case Failed _ -> StoredPlan.State.FAILED;
        };
    }

    private static @Nullable Failed failure(Step step) {
        return step.outcome() instanceof Failed failed ? failed : null;
    }

    private static List<Item> after(List<Item> items, Step step, Map<WorkloadRef, Intent> intents) {
        var changed = new HashMap<Uid, Item>();
        for (var item : items) {
            var state = step.settled().get(item.uid());
            var intent = intents.get(item.workload());
            if (state != null) {
                changed.put(item.uid(), item.with(state));
            } else if (intent != null) {
                changed.put(
                        item.uid(),
                        new Item(item.workload(), item.wave(), ItemState.PATCHING, 0, intent, item.inDoubt()));
            }
        }
        return PlanDriver.with(items, changed);
    }

    private List<RestartEvent> facts(StoredPlan plan, List<Item> items, Step step) {
        var facts = new ArrayList<RestartEvent>();
        items.stream()
                .filter(item -> step.settled().get(item.uid()) == ItemState.HEALTHY)
                .forEach(item -> facts.add(new WorkloadHealthy(plan.ref(), clock.instant(), item.workload())));
        switch (step.outcome()) {
            case Running() -> {}
            case Completed(int rolled) ->
                facts.add(new RestartCompleted(plan.ref(), clock.instant(), rolled, plan.unaffected()));
            case Failed(var reason, var workload) ->
                facts.add(new RestartFailed(plan.ref(), clock.instant(), reason, workload));
        }
        return facts;
    }
}
