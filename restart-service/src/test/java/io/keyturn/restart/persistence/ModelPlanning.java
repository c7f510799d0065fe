package io.keyturn.restart.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.simulation.ModelDatabase;
import io.keyturn.restart.simulation.RestartMistake;
import io.keyturn.restart.simulation.Tables;
import io.keyturn.restart.simulation.Tables.Owned;
import io.keyturn.restart.simulation.Tables.Raised;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Triggers and plans in the model database, as the planner sees them. */
@Vetoed
public final class ModelPlanning extends PlanningStore {
    private final ModelBaselines baselines;
    private final RestartMistake mistake;

    public ModelPlanning(ModelBaselines baselines, RestartMistake mistake) {
        this.baselines = baselines;
        this.mistake = mistake;
    }

    static String lock(String namespace) {
        return "planner of " + namespace;
    }

    /** The row of a trigger. */
    record TriggerRow(ObjectRef object) {}

    @Override
    public Uni<List<Trigger>> due(Work work, int limit) {
        return Unis.of(() -> ModelWork.of(work)
                .read(tables -> tables.triggers().values().stream()
                        .filter(raised ->
                                !raised.notBefore().isAfter(ModelWork.of(work).now()))
                        .map(Raised::trigger)
                        .sorted(Comparator.comparing(Trigger::raisedAt))
                        .limit(limit)
                        .map(t ->
                                new Trigger(t.object(), t.raisedAt(), t.traceparent(), publication(tables, t.object())))
                        .toList()));
    }

    private static @Nullable PublicationId publication(Tables tables, ObjectRef object) {
        var content = tables.contents().get(object);
        return content == null ? null : content.publication();
    }

    @Override
    public Uni<Void> lock(Work work, String namespace) {
        return Unis.done(() -> {
            if (mistake != RestartMistake.PLANS_SIDE_BY_SIDE) {
                ModelWork.of(work).lock(lock(namespace));
            }
        });
    }

    @Override
    public Uni<List<Trigger>> take(Work work, Collection<ObjectRef> objects) {
        return Unis.of(() -> {
            var taken = taken(work, objects);
            ModelWork.of(work)
                    .note("takes the triggers of "
                            + taken.stream().map(t -> t.object().name()).toList());
            return taken;
        });
    }

    private static List<Trigger> taken(Work work, Collection<ObjectRef> objects) {
        return ModelWork.of(work).writeFound(tables -> triggers(tables, objects), (tables, found) -> {
            var taken = new ArrayList<Trigger>();
            for (var row : found) {
                // Somebody may have taken it while we waited for it.
                var raised = tables.triggers().remove(row.object());
                if (raised != null) {
                    taken.add(raised.trigger());
                }
            }
            return taken;
        });
    }

    private static List<TriggerRow> triggers(Tables tables, Collection<ObjectRef> objects) {
        return sorted(objects).stream()
                .filter(tables.triggers()::containsKey)
                .map(TriggerRow::new)
                .toList();
    }

    private static List<ObjectRef> sorted(Collection<ObjectRef> objects) {
        return objects.stream()
                .sorted(Comparator.comparing(ObjectRef::toString))
                .toList();
    }

    @Override
    public Uni<Void> postpone(Work work, List<Trigger> triggers, Instant notBefore) {
        if (triggers.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Unis.done(() -> ModelWork.of(work)
                .write(triggers.stream().map(t -> new TriggerRow(t.object())).toList(), tables -> {
                    triggers.forEach(t -> tables.triggers().putIfAbsent(t.object(), new Raised(t, notBefore)));
                    return true;
                }));
    }

    @Override
    public Uni<Scene> scene(Work work, Set<ObjectRef> planned, Set<ObjectRef> objects, Set<Uid> workloads) {
        return Unis.of(() -> ModelWork.of(work)
                .read(tables ->
                        new Scene(inTheWay(tables, planned), baselines.situation(work, tables, objects, workloads))));
    }

    /** The running plans for the objects, and the latest for each of them; newest first. */
    private List<StoredPlan> inTheWay(Tables tables, Set<ObjectRef> planned) {
        var over = over(tables, planned);
        var way = new HashSet<StoredPlan>();
        over.stream().filter(plan -> plan.state() == StoredPlan.State.RUNNING).forEach(way::add);
        planned.forEach(object -> over.stream()
                .filter(plan -> plan.objects().containsKey(object))
                .findFirst()
                .ifPresent(way::add));
        return over.stream().filter(way::contains).map(this::remembered).toList();
    }

    private static List<StoredPlan> over(Tables tables, Set<ObjectRef> planned) {
        return tables.plans().values().stream()
                .map(row -> PlanCopies.with(row.plan(), row.until()))
                .filter(plan -> plan.objects().keySet().stream().anyMatch(planned::contains))
                .sorted(Comparator.comparing(StoredPlan::decision).reversed())
                .toList();
    }

    private StoredPlan kept(StoredPlan plan) {
        return PlanCopies.sorted(mistake == RestartMistake.RECORDS_NO_DECISION ? undecided(plan) : plan);
    }

    private StoredPlan remembered(StoredPlan plan) {
        return mistake == RestartMistake.FORGETS_PATCHES_ON_THEIR_WAY ? undecided(plan) : plan;
    }

    static StoredPlan undecided(StoredPlan plan) {
        return PlanCopies.with(
                plan,
                plan.items().stream()
                        .map(item -> !item.isInDoubt()
                                ? item
                                : new StoredPlan.Item(item.workload(), item.wave(), ItemState.PENDING, 0, null))
                        .toList());
    }

    @Override
    public Uni<Boolean> write(Work work, Planned planned, String owner, Duration owned) {
        var plan = planned.plan();
        if (plan == null && planned.adoptions().isEmpty()) {
            return Uni.createFrom().item(true);
        }
        return Unis.of(() -> {
            boolean asRead =
                    written(work, planned, owner, ModelWork.of(work).now().plus(owned));
            ModelWork.of(work)
                    .note(asRead ? story(ModelWork.of(work).database(), planned) : "was overtaken while it planned");
            return asRead;
        });
    }

    private static String story(ModelDatabase database, Planned planned) {
        var plan = planned.plan();
        return (plan == null
                        ? "adopts"
                        : "plans: " + database.nameOf(plan.ref().id()) + " for "
                                + plan.objects().keySet() + " "
                                + plan.items().stream()
                                        .map(item -> item.workload().name() + " " + item.state()
                                                + (item.inDoubt() ? " in doubt" : ""))
                                        .toList())
                + " instead of "
                + planned.superseded().stream()
                        .map(old -> database.nameOf(old.ref().id()))
                        .toList();
    }

    private boolean written(Work work, Planned planned, String owner, Instant until) {
        var plan = planned.plan();
        planned.superseded()
                .forEach(old -> ModelWork.of(work).lock(ModelPlans.row(old.ref().id())));
        return ModelWork.of(work).writeFound(tables -> triggers(tables, planned.answered()), (tables, answered) -> {
            if (mistake != RestartMistake.SUPERSEDES_WHAT_IT_HAS_NOT_READ
                    && !planned.superseded().stream().allMatch(old -> isAsRead(tables, old))) {
                return false;
            }
            for (var old : planned.superseded()) {
                var row = requireNonNull(tables.plans().get(old.ref().id()));
                var ended = PlanCopies.with(row.plan(), StoredPlan.State.SUPERSEDED);
                tables.plans().put(old.ref().id(), new Owned(ended, row.owner(), row.until()));
            }
            if (plan != null) {
                tables.plans().put(plan.ref().id(), new Owned(kept(plan), owner, until));
            }
            planned.adoptions().forEach(a -> baselines.use(tables, a.workload().uid(), a.inUse(), planned.decision()));
            answered.forEach(row -> tables.triggers().remove(row.object()));
            return true;
        });
    }

    private static boolean isAsRead(Tables tables, StoredPlan old) {
        var row = tables.plans().get(old.ref().id());
        return row != null && row.isRunning() && row.until().equals(old.heldUntil());
    }
}
