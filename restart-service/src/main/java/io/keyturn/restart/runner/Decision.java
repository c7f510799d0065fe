package io.keyturn.restart.runner;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Doubt;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.Begun;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.Planner;
import io.keyturn.restart.plan.RestartPlan;
import io.keyturn.restart.plan.Workload;
import org.jspecify.annotations.Nullable;

/**
 * What a planning transaction writes: a plan or none, what is remembered, what it supersedes, and the facts. Decided from the
 * rows read in that transaction and from the index; no I/O.
 */
record Decision(
        @Nullable StoredPlan plan,
        List<RestartPlan.Adoption> adoptions,
        List<StoredPlan> superseded,
        List<RestartEvent> facts) {

    static final Decision NOTHING = new Decision(null, List.of(), List.of(), List.of());

    static Decision of(Question q) {
        var plan = Planner.plan(q.input());
        if (q.isAnswered(plan)) {
            return NOTHING;
        }
        if (plan.items().isEmpty() && q.running().isEmpty() && !q.isNewPublication()) {
            return new Decision(null, plan.adoptions(), List.of(), List.of());
        }
        return write(q, plan);
    }

    private static Decision write(Question q, RestartPlan plan) {
        var main = q.main();
        var running = q.running();
        var ref = new PlanRef(new PlanId(UUID.randomUUID().toString()), q.trigger(), main.publication());
        var underWay = q.underWay();
        var doubts = q.doubts(underWay);
        var intents = intents(q, plan, doubts, ref.id());
        var items = plan.items().stream()
                .map(item -> item(
                        item,
                        intents.get(item.workload().ref()),
                        underWay.get(item.workload().ref().uid()),
                        doubts.get(item.workload().ref().uid())))
                .toList();
        var facts = new ArrayList<RestartEvent>();
        running.forEach(old -> facts.add(new RestartSuperseded(old.ref(), q.now(), ref.id())));
        facts.add(new RestartPlanned(
                ref,
                q.now(),
                plan.items().stream()
                        .map(i -> new PlannedWorkload(i.wave(), i.workload().ref()))
                        .toList()));
        if (items.isEmpty()) {
            facts.add(new RestartCompleted(ref, q.now(), 0, plan.unaffected()));
        }
        var stored = new StoredPlan(
                ref,
                items.isEmpty() ? StoredPlan.State.COMPLETED : StoredPlan.State.RUNNING,
                null,
                null,
                null,
                plan.maxParallel(),
                plan.unaffected(),
                main.observedAt(),
                q.now(),
                q.situation().decision(),
                q.now().plus(plan.deadline()),
                items.isEmpty() ? q.now() : null,
                null,
                null,
                q.traceparent(),
                q.covered(),
                items);
        return new Decision(stored, plan.adoptions(), running, facts);
    }

    /** The patches of the first moment are decided together with the plan: no second transaction before they go out. */
    private static Map<WorkloadRef, Intent> intents(Question q, RestartPlan plan, Map<Uid, Doubt> doubts, PlanId id) {
        var items = plan.items().stream()
                .map(i -> new PlanProgress.Item(
                        i.workload().ref(),
                        i.wave(),
                        i.underWay() == null ? ItemState.PENDING : ItemState.PATCHED,
                        Objects.requireNonNullElse(i.underWay(), 0L)))
                .toList();
        var seen = plan.items().stream()
                .collect(Collectors.toMap(
                        i -> i.workload().ref().uid(), i -> i.workload().rollout()));
        var start = PlanProgress.next(items, seen, plan.maxParallel(), q.now(), Instant.MAX)
                .start();
        return plan.items().stream()
                .map(RestartPlan.Item::workload)
                .filter(w -> start.contains(w.ref().uid()))
                .collect(Collectors.toMap(
                        Workload::ref,
                        w -> intent(w, q.situation(), doubts.get(w.ref().uid()), id)));
    }

    static Intent intent(Workload workload, Situation situation, @Nullable Doubt doubt, PlanId plan) {
        return Intent.of(
                workload.references(),
                situation.contents(),
                situation.inUse().getOrDefault(workload.ref().uid(), Map.of()),
                workload.content(),
                isSettled(workload, situation),
                doubt,
                plan.value(),
                situation.decision());
    }

    /** Whether no patch that is recorded in a moment has just brought the hash in its template. */
    private static boolean isSettled(Workload workload, Situation situation) {
        return situation.begun().stream()
                .noneMatch(b -> b.isOnItsWay() && b.brings(workload.ref().uid(), workload.content()));
    }

    private static StoredPlan.Item item(
            RestartPlan.Item item, @Nullable Intent intent, @Nullable Begun underWay, @Nullable Doubt doubt) {
        var workload = item.workload().ref();
        if (intent != null) {
            return new StoredPlan.Item(workload, item.wave(), ItemState.PATCHING, 0, intent, doubt != null);
        }
        if (item.underWay() != null && underWay != null) {
            return new StoredPlan.Item(
                    workload,
                    item.wave(),
                    ItemState.PATCHED,
                    item.underWay(),
                    underWay.item().intent());
        }
        return new StoredPlan.Item(
                workload, item.wave(), ItemState.PENDING, 0, doubt == null ? null : doubt.patch(), doubt != null);
    }
}
