package io.keyturn.restart.runner;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.plan.PlanProgress.Failed;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.PlanProgress.Running;
import io.keyturn.restart.runner.PlanDriver.Progress;
import io.keyturn.restart.workload.PatchResult;
import io.keyturn.restart.workload.PatchResult.Gone;
import io.keyturn.restart.workload.PatchResult.Patched;
import io.keyturn.restart.workload.PatchResult.Refused;
import io.keyturn.restart.workload.PatchResult.Unknown;
import io.keyturn.restart.workload.WorkloadPatcher;

/** Sends what a plan decided to write, then records in one transaction what came of it. */
@ApplicationScoped
class PatchStep {
    private final WorkloadPatcher patcher;
    private final Transactions transactions;
    private final PlanRecord record;
    private final PlanReport report;
    private final Clock clock;

    PatchStep(WorkloadPatcher patcher, Transactions transactions, PlanRecord record, PlanReport report, Clock clock) {
        this.patcher = patcher;
        this.transactions = transactions;
        this.record = record;
        this.report = report;
        this.clock = clock;
    }

    /**
     * Sends the patches side by side and records the answers; those without one stay decided and are sent again.
     *
     * @param first those that nobody has sent before: where one of them is refused, it has not arrived
     */
    Progress run(StoredPlan plan, List<Item> items, List<Item> decided, Set<Uid> first) {
        var results = send(decided);
        var changed = new HashMap<Uid, Item>();
        var generations = new HashMap<Uid, Long>();
        var states = new HashMap<Uid, ItemState>();
        var facts = new ArrayList<RestartEvent>();
        Item refused = null;
        for (var item : decided) {
            var workload = item.workload();
            switch (Objects.requireNonNull(results.get(item.uid()))) {
                case Patched(long generation) -> {
                    generations.put(item.uid(), generation);
                    changed.put(
                            item.uid(), new Item(workload, item.wave(), ItemState.PATCHED, generation, item.intent()));
                    facts.add(new WorkloadPatched(plan.ref(), clock.instant(), workload, generation));
                }
                case Gone() -> {
                    states.put(item.uid(), ItemState.GONE);
                    changed.put(item.uid(), item.with(ItemState.GONE));
                }
                case Refused(int status) -> {
                    RestartLog.LOG.patchRefused(plan.ref().id(), workload, status);
                    refused = refused == null ? item : refused;
                    if (first.contains(item.uid())) {
                        states.put(item.uid(), ItemState.PENDING);
                    }
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
                work -> record.step(
                        work,
                        plan,
                        new PlanStore.Step(
                                states, generations, Map.of(), failed == null ? null : StoredPlan.State.FAILED, failed),
                        facts));
        if (ours) {
            report.patched(plan, generations, decided);
            report.ended(plan, failed == null ? new Running() : failed);
        }
        return new Progress(PlanDriver.with(items, changed), !ours || failed != null, !changed.isEmpty());
    }

    /** Side by side. */
    Map<Uid, PatchResult> send(List<Item> decided) {
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

    /** Also where the hash was seen already: the index may be late, and another patch have arrived since. */
    PatchResult send(Item item) {
        var intent = Objects.requireNonNull(item.intent(), "A decided patch says what it writes");
        return patcher.patch(item.workload(), intent.hash());
    }
}
