package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.plan.RestartPlan.Adoption;
import io.keyturn.restart.simulation.RestartMistake;
import io.keyturn.restart.simulation.Tables;
import io.keyturn.restart.simulation.Tables.Owned;
import io.keyturn.restart.simulation.Tables.Reference;
import io.keyturn.restart.simulation.Unis;
import io.keyturn.testbed.simulation.Turns;
import io.smallrye.mutiny.Uni;

/** What is in use, in the model database. */
@Vetoed
public final class ModelBaselines extends BaselineStore {
    private static final Instant INSTALLED = Turns.START.minusSeconds(1_000_000);

    /** States of an item whose patch is known to have arrived. */
    public static final Set<ItemState> ARRIVED =
            EnumSet.of(ItemState.PATCHED, ItemState.HEALTHY, ItemState.LEFT_TO_OWNER);

    private final RestartMistake mistake;

    public ModelBaselines(RestartMistake mistake) {
        this.mistake = mistake;
    }

    @Override
    public Uni<Situation> situation(Work work, Set<ObjectRef> objects, Set<Uid> workloads) {
        return Unis.of(() -> ModelWork.of(work).read(tables -> situation(work, tables, objects, workloads)));
    }

    Situation situation(Work work, Tables tables, Set<ObjectRef> objects, Set<Uid> workloads) {
        var contents = new LinkedHashMap<ObjectRef, Stated>();
        tables.contents().forEach((object, event) -> {
            if (objects.contains(object)) {
                contents.put(
                        object, new Stated(new Content(event.fingerprints()), event.publication(), event.observedAt()));
            }
        });
        var inUse = new HashMap<Uid, Map<ObjectRef, InUse>>();
        tables.baselines().forEach((reference, used) -> {
            if (workloads.contains(reference.workload())) {
                inUse.computeIfAbsent(reference.workload(), _ -> new HashMap<>())
                        .put(reference.object(), used.inUse());
            }
        });
        var parked = new HashMap<>(tables.parked());
        parked.keySet().retainAll(objects);
        return new Situation(
                INSTALLED,
                contents,
                inUse,
                parked,
                begun(tables, workloads),
                ModelWork.of(work).database().next());
    }

    private List<Begun> begun(Tables tables, Set<Uid> workloads) {
        if (mistake == RestartMistake.FORGETS_PATCHES_ON_THEIR_WAY) {
            return List.of();
        }
        return tables.plans().values().stream()
                .map(Owned::plan)
                .filter(plan -> plan.state() == StoredPlan.State.FAILED || plan.state() == StoredPlan.State.RUNNING)
                .flatMap(plan -> plan.items().stream()
                        .filter(item -> workloads.contains(item.uid()))
                        .filter(item -> item.isInDoubt() || item.state() == ItemState.PATCHED)
                        .filter(item -> !isOver(tables, plan, item))
                        .map(item -> new Begun(
                                plan.ref().id(),
                                plan.state() == StoredPlan.State.RUNNING,
                                plan.ref().publication(),
                                plan.objects().keySet(),
                                item)))
                .filter(begun -> !isOverlooked(begun))
                .toList();
    }

    private boolean isOverlooked(Begun begun) {
        return switch (mistake) {
            case FORGETS_WHAT_FAILED_PLANS_HAVE_BEGUN -> !begun.running();
            case KNOWS_NOTHING_OF_OTHER_RUNNING_PLANS -> begun.running();
            default -> false;
        };
    }

    /** Whether a patch that was decided later is known to have arrived. */
    private static boolean isOver(Tables tables, StoredPlan plan, StoredPlan.Item item) {
        var intent = item.intent();
        long decided = intent == null ? plan.decision() : intent.decision();
        return tables.plans().values().stream()
                .flatMap(row -> row.plan().items().stream())
                .filter(other -> other.uid().equals(item.uid()) && ARRIVED.contains(other.state()))
                .map(StoredPlan.Item::intent)
                .anyMatch(other -> other != null && other.decision() > decided);
    }

    void use(Tables tables, Uid workload, InUse use, long decision) {
        if (mistake == RestartMistake.LETS_OLD_DECISIONS_WIN) {
            tables.baselines().remove(new Reference(workload, use.object()));
        }
        tables.use(workload, use, decision);
    }

    @Override
    public Uni<Void> adopt(Work work, List<Adoption> adoptions, long decision) {
        if (adoptions.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Unis.done(() -> ModelWork.of(work).write(List.of(), tables -> {
            adoptions.forEach(a -> use(tables, a.workload().uid(), a.inUse(), decision));
            return true;
        }));
    }

    @Override
    public Uni<Void> forget(Work work, Set<Uid> gone) {
        return Unis.done(() -> ModelWork.of(work)
                .write(
                        List.of(),
                        tables -> tables.baselines()
                                .keySet()
                                .removeIf(reference -> gone.contains(reference.workload()))));
    }

    @Override
    public Uni<Void> forget(Work work, List<Unused> unused) {
        if (unused.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Unis.done(() -> ModelWork.of(work).write(List.of(), tables -> {
            unused.forEach(u -> tables.baselines().remove(new Reference(u.workload(), u.object())));
            return true;
        }));
    }

    @Override
    public Uni<Integer> forgetOthers(Work work, Collection<Uid> present) {
        return Unis.of(() -> ModelWork.of(work).write(List.of(), tables -> {
            int before = tables.baselines().size();
            tables.baselines().keySet().removeIf(reference -> !present.contains(reference.workload()));
            return before - tables.baselines().size();
        }));
    }
}
