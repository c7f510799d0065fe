package io.keyturn.restart.runner;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.PlanStore;
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
import io.keyturn.restart.workload.PatchResult;
import io.keyturn.restart.workload.PatchResult.Gone;
import io.keyturn.restart.workload.PatchResult.Patched;
import io.keyturn.restart.workload.PatchResult.Refused;
import io.keyturn.restart.workload.PatchResult.Unknown;
import io.keyturn.restart.workload.WorkloadIndex;
import io.keyturn.restart.workload.WorkloadPatcher;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** The steps of a running plan: the outside world first, then one transaction that records what came of it. */
@ApplicationScoped
class PlanSteps {
    private final WorkloadIndex index;
    private final WorkloadPatcher patcher;
    private final Transactions transactions;
    private final PlanStore plans;
    private final BaselineStore baselines;
    private final LostBaselines lost;
    private final PlanReport report;
    private final KitConfig kit;
    private final Clock clock;

    PlanSteps(
            WorkloadIndex index,
            WorkloadPatcher patcher,
            Transactions transactions,
            PlanStore plans,
            BaselineStore baselines,
            LostBaselines lost,
            PlanReport report,
            KitConfig kit,
            Clock clock) {
        this.index = index;
        this.patcher = patcher;
        this.transactions = transactions;
        this.plans = plans;
        this.baselines = baselines;
        this.lost = lost;
        this.report = report;
        this.kit = kit;
        this.clock = clock;
    }

    /** False: the plan is not ours to drive any more. */
    boolean hold(StoredPlan plan) {
        return transactions.run(null, work -> plans.hold(work, plan.ref().id(), kit.instance()));
    }

    /** Sends the patches side by side and records the answers; those without one stay decided and are sent again. */
    Progress patch(StoredPlan plan, List<Item> items, List<Item> decided) {
        var results = send(decided);
        var changed = new HashMap<Uid, Item>();
        var generations = new HashMap<Uid, Long>();
        var gone = new HashMap<Uid, ItemState>();
        var facts = new ArrayList<RestartEvent>();
        Item refused = null;
        for (var item : decided) {
            var workload = item.workload();
            switch (Objects.requireNonNull(results.get(item.uid()))) {
                case Patched(long generation) -> {
                    generations.put(item.uid(), generation);
                    changed.put(
                            item.uid(), new Item(workload, item.wave(), ItemState.PATCHED, generation, item.hash()));
                    facts.add(new WorkloadPatched(plan.ref(), clock.instant(), workload, generation));
                }
                case Gone() -> {
                    gone.put(item.uid(), ItemState.GONE);
                    changed.put(item.uid(), item.with(ItemState.GONE));
                }
                case Refused(int status) -> {
                    RestartLog.LOG.patchRefused(plan.ref().id(), workload, status);
                    refused = refused == null ? item : refused;
                }
                case Unknown(var cause) ->
                    RestartLog.LOG.patchUnknown(plan.ref().id(), workload, cause);
            }
        }
        var failed = refused == null ? null : new Failed(RestartReason.PATCH_REFUSED, refused.workload());
        if (failed != null) {
            facts.add(new RestartFailed(plan.ref(), clock.instant(), failed.reason(), failed.workload()));
        }
        var ours = transactions.run(
                plan.traceparent(),
                work -> record(
                        work,
                        plan,
                        new PlanStore.Step(
                                gone, generations, Map.of(), failed == null ? null : StoredPlan.State.FAILED, failed),
                        facts));
        if (ours) {
            report.patched(plan, generations, decided);
            report.ended(plan, failed == null ? new Running() : failed);
        }
        return new Progress(PlanDriver.with(items, changed), !ours || failed != null, !changed.isEmpty());
    }

    private Map<Uid, PatchResult> send(List<Item> decided) {
        var results = new ConcurrentHashMap<Uid, PatchResult>();
        if (decided.size() == 1) {
            var item = decided.getFirst();
            results.put(item.uid(), send(item));
            return results;
        }
        var threads = decided.stream()
                .map(item -> Thread.ofVirtual().name("patch").start(() -> results.put(item.uid(), send(item))))
                .toList();
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        decided.forEach(item -> results.putIfAbsent(item.uid(), new Unknown("Interrupted")));
        return results;
    }

    /** A workload that has the hash already was patched before a crash. */
    private PatchResult send(Item item) {
        var hash = Objects.requireNonNull(item.hash(), "A decided patch has its hash");
        var seen = index.workloads(List.of(item.uid()));
        if (!seen.isEmpty() && hash.equals(seen.getFirst().content())) {
            return new Patched(seen.getFirst().rollout().generation());
        }
        return patcher.patch(item.workload(), hash);
    }

    /** Compares the cluster with the plan and records what is new: settled workloads, the next patches, the end. */
    Progress look(StoredPlan plan, List<Item> items) {
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
                work -> intents(work, plan, starting).chain(decided -> {
                    intents.putAll(decided);
                    return record(
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

    /** What the next patches will write: decided while the plan is held, from what is in use then. */
    private Uni<Map<WorkloadRef, Intent>> intents(Work work, StoredPlan plan, List<Workload> starting) {
        if (starting.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        var id = plan.ref().id();
        return plans.hold(work, id, kit.instance())
                .chain(_ -> baselines.situation(
                        work,
                        starting.stream()
                                .flatMap(w -> w.references().objects().stream())
                                .collect(Collectors.toSet()),
                        starting.stream().map(w -> w.ref().uid()).collect(Collectors.toSet())))
                .map(situation -> starting.stream()
                        .collect(Collectors.toMap(Workload::ref, w -> Decision.intent(w, situation, id))));
    }

    /** Records the step and states its facts, unless the plan is not ours any more. */
    private Uni<Boolean> record(Work work, StoredPlan plan, PlanStore.Step step, List<RestartEvent> facts) {
        return plans.record(work, plan.ref().id(), kit.instance(), step)
                .chain(ours -> ours
                        ? work.state(facts)
                                .chain(_ -> step.end() == StoredPlan.State.COMPLETED
                                        ? lost.completed(work, plan.ref().id())
                                        : Uni.createFrom().voidItem())
                                .replaceWith(true)
                        : Uni.createFrom().item(false));
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
                changed.put(item.uid(), new Item(item.workload(), item.wave(), ItemState.PATCHING, 0, intent.hash()));
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
