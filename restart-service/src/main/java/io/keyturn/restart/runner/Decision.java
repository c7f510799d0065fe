package io.keyturn.restart.runner;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PlannedWorkload;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.BaselineStore.Situation;
import io.keyturn.restart.persistence.Stated;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.plan.PlanInput;
import io.keyturn.restart.plan.PlanInput.Observed;
import io.keyturn.restart.plan.PlanInput.Unfinished;
import io.keyturn.restart.plan.PlanProgress;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.Planner;
import io.keyturn.restart.plan.RestartPlan;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.TargetPods;
import io.keyturn.restart.plan.Workload;
import org.jspecify.annotations.Nullable;

/**
 * What a planning transaction writes: a plan or none, what is remembered, what it supersedes, and the facts. Decided from the
 * rows read in that transaction and from the index; no I/O.
 */
record Decision(
        @Nullable StoredPlan plan,
        Map<WorkloadRef, Intent> intents,
        List<RestartPlan.Adoption> adoptions,
        List<PlanId> superseded,
        List<RestartEvent> facts) {

    static final Decision NOTHING = new Decision(null, Map.of(), List.of(), List.of(), List.of());

    /** What was decided, less the plans that ended before they could be superseded. */
    Decision superseding(Set<PlanId> plans) {
        return new Decision(
                plan,
                intents,
                adoptions,
                superseded.stream().filter(plans::contains).toList(),
                facts.stream()
                        .filter(fact -> !(fact instanceof RestartSuperseded old)
                                || plans.contains(old.plan().id()))
                        .toList());
    }

    /**
     * @param trigger the object whose change is planned for; it has content
     * @param objects the objects of the plan, {@code trigger} among them
     * @param earlier running plans for these objects, the latest one and the latest that rolled anybody, newest first
     * @param readers the workloads that read any of the objects, or any object of a running earlier plan
     */
    record Question(
            ObjectRef trigger,
            Set<ObjectRef> objects,
            List<StoredPlan> earlier,
            Situation situation,
            List<Workload> readers,
            List<RotationPolicy> policies,
            List<TargetPods> targets,
            PlanInput.Rules rules,
            Instant now,
            @Nullable String traceparent) {}

    static Decision of(Question q) {
        if (isAnswered(q)) {
            return NOTHING;
        }
        var running = q.earlier().stream()
                .filter(p -> p.state() == StoredPlan.State.RUNNING)
                .toList();
        var objects = new LinkedHashMap<ObjectRef, Stated>();
        q.objects().forEach(o -> put(objects, o, q.situation()));
        running.forEach(p -> p.objects().keySet().forEach(o -> put(objects, o, q.situation())));
        var parked = parked(objects, q.situation());
        var plan = Planner.plan(input(q, objects, parked));
        var main = Objects.requireNonNull(objects.get(q.trigger()));
        if (plan.items().isEmpty() && running.isEmpty() && !isNewPublication(q, main)) {
            return new Decision(null, Map.of(), plan.adoptions(), List.of(), List.of());
        }
        return write(q, objects, running, plan, main);
    }

    /** The latest plan was made for exactly this: an event that says nothing new. */
    private static boolean isAnswered(Question q) {
        return !q.earlier().isEmpty()
                && q.objects().stream().allMatch(object -> {
                    var then = q.earlier().getFirst().objects().get(object);
                    var now = q.situation().contents().get(object);
                    return then != null
                            && now != null
                            && Objects.equals(then.publication(), now.publication())
                            && then.content().sameAs(now.content());
                });
    }

    /** Every publication is answered once, also if nobody rolls for it; a failed one is not called completed afterwards. */
    private static boolean isNewPublication(Question q, Stated main) {
        return main.publication() != null
                && q.earlier().stream()
                        .noneMatch(plan -> main.publication().equals(plan.ref().publication()));
    }

    private static void put(Map<ObjectRef, Stated> objects, ObjectRef object, Situation situation) {
        var stated = situation.contents().get(object);
        if (stated != null) {
            objects.put(object, stated);
        }
    }

    /** Content that failed, and that nobody published anew since. */
    private static Map<ObjectRef, Content> parked(Map<ObjectRef, Stated> objects, Situation situation) {
        var parked = new HashMap<ObjectRef, Content>();
        situation.parked().forEach((object, failed) -> {
            var now = objects.get(object);
            if (now != null && Objects.equals(failed.publication(), now.publication())) {
                parked.put(object, failed.content());
            }
        });
        return parked;
    }

    private static PlanInput input(Question q, Map<ObjectRef, Stated> objects, Map<ObjectRef, Content> parked) {
        return new PlanInput(
                objects.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                e -> new Observed(
                                        e.getValue().content(), e.getValue().observedAt()))),
                parked,
                q.readers(),
                q.situation().inUse(),
                unfinished(q),
                q.policies(),
                q.targets(),
                q.rules());
    }

    /**
     * Roll-outs that earlier plans began and did not see the end of. What a failed plan waited for in vain is waited for again
     * only if its content was published anew.
     */
    private static Map<Uid, Unfinished> unfinished(Question q) {
        var now = q.situation().contents().get(q.trigger());
        var unfinished = new HashMap<Uid, Unfinished>();
        for (var plan : q.earlier().reversed()) {
            var running = plan.state() == StoredPlan.State.RUNNING;
            if (!running && plan.state() != StoredPlan.State.FAILED) {
                continue;
            }
            var anew = now != null && !Objects.equals(plan.ref().publication(), now.publication());
            for (var item : plan.items()) {
                if (item.state() == ItemState.PATCHING) {
                    unfinished.put(item.uid(), new Unfinished(null));
                } else if (item.state() == ItemState.PATCHED && (running || anew)) {
                    unfinished.put(item.uid(), new Unfinished(item.generation()));
                }
            }
        }
        return unfinished;
    }

    private static Decision write(
            Question q, Map<ObjectRef, Stated> objects, List<StoredPlan> running, RestartPlan plan, Stated main) {
        var ref = new PlanRef(new PlanId(UUID.randomUUID().toString()), q.trigger(), main.publication());
        var intents = intents(q, plan, ref.id());
        var items = plan.items().stream().map(item -> item(item, intents)).toList();
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
                q.now().plus(plan.deadline()),
                items.isEmpty() ? q.now() : null,
                q.traceparent(),
                objects,
                items);
        return new Decision(
                stored,
                intents,
                plan.adoptions(),
                running.stream().map(p -> p.ref().id()).toList(),
                facts);
    }

    /** The patches of the first moment are decided together with the plan: no second transaction before they go out. */
    private static Map<WorkloadRef, Intent> intents(Question q, RestartPlan plan, PlanId id) {
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
                .collect(Collectors.toMap(Workload::ref, w -> intent(w, q.situation(), id)));
    }

    static Intent intent(Workload workload, Situation situation, PlanId plan) {
        return Intent.of(
                workload.references(),
                situation.contents().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, e -> e.getValue().content())),
                situation.inUse().getOrDefault(workload.ref().uid(), Map.of()),
                workload.content(),
                plan.value());
    }

    private static StoredPlan.Item item(RestartPlan.Item item, Map<WorkloadRef, Intent> intents) {
        var workload = item.workload().ref();
        var intent = intents.get(workload);
        if (intent != null) {
            return new StoredPlan.Item(workload, item.wave(), ItemState.PATCHING, 0, intent.hash());
        }
        return item.underWay() == null
                ? new StoredPlan.Item(workload, item.wave(), ItemState.PENDING, 0, null)
                : new StoredPlan.Item(workload, item.wave(), ItemState.PATCHED, item.underWay(), null);
    }
}
