package io.keyturn.restart.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.persistence.ModelWork;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.baseline.Intent;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.plan.PlanProgress.ItemState;
import io.keyturn.restart.simulation.RestartMistake;
import io.keyturn.restart.simulation.Tables;
import io.keyturn.restart.simulation.Tables.Owned;
import io.keyturn.restart.simulation.Unis;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Running plans in the model database, as their drivers see them. */
@Vetoed
public final class ModelPlans extends PlanStore {
    private final ModelBaselines baselines;
    private final RestartMistake mistake;

    public ModelPlans(ModelBaselines baselines, RestartMistake mistake) {
        this.baselines = baselines;
        this.mistake = mistake;
    }

    static String row(PlanId plan) {
        return "plan " + plan;
    }

    @Override
    public Uni<List<StoredPlan>> claimAbandoned(Work work, String instance) {
        var transaction = ModelWork.of(work);
        var owner = mistake == RestartMistake.TAKES_OLD_COPIES_UP_AGAIN
                ? instance
                : instance + "/" + transaction.database().next();
        return Unis.of(() -> transaction.writeFound(
                tables -> tables.plans().values().stream()
                        .filter(plan -> isAbandoned(plan, transaction.now()))
                        .map(plan -> row(plan.plan().ref().id()))
                        .filter(transaction::tryLock)
                        .toList(),
                (tables, free) -> {
                    var claimed = new ArrayList<StoredPlan>();
                    for (var plan : List.copyOf(tables.plans().values())) {
                        var id = plan.plan().ref().id();
                        if (free.contains(row(id))) {
                            tables.plans()
                                    .put(
                                            id,
                                            new Owned(
                                                    plan.plan(),
                                                    owner,
                                                    transaction.now().plus(OWNED)));
                            claimed.add(PlanCopies.taken(plan.plan(), owner, plan.until()));
                        }
                    }
                    claimed.forEach(plan -> transaction.note("takes over: "
                            + transaction.database().nameOf(plan.ref().id())));
                    return claimed;
                }));
    }

    private boolean isAbandoned(Owned plan, Instant now) {
        return plan.isRunning() && plan.until().isBefore(now) && mistake != RestartMistake.LEAVES_PLANS_TO_THE_DEAD;
    }

    @Override
    public Uni<Boolean> hold(Work work, PlanId plan, String owner) {
        return Unis.of(() ->
                ModelWork.of(work).write(List.of(row(plan)), tables -> held(work, tables, plan, owner) != null));
    }

    private @Nullable StoredPlan held(Work work, Tables tables, PlanId id, String owner) {
        var plan = tables.plans().get(id);
        if (plan == null) {
            return null;
        }
        if (mistake != RestartMistake.DRIVES_PLANS_OF_OTHERS
                && (!plan.isRunning() || !plan.owner().equals(owner))) {
            return null;
        }
        tables.plans()
                .put(
                        id,
                        new Owned(
                                plan.plan(),
                                plan.owner(),
                                ModelWork.of(work).now().plus(OWNED)));
        return plan.plan();
    }

    @Override
    public Uni<Boolean> record(Work work, PlanId id, String owner, Step step) {
        return Unis.of(() -> {
            var ours = recorded(work, id, owner, step);
            var database = ModelWork.of(work).database();
            ModelWork.of(work)
                    .note((ours ? "records: " : "may not record: ") + database.nameOf(id)
                            + " settled " + step.settled().values()
                            + " patched " + step.patched().values()
                            + " decided " + step.intended().size()
                            + " end " + step.end());
            return ours;
        });
    }

    private boolean recorded(Work work, PlanId id, String owner, Step step) {
        return ModelWork.of(work).write(List.of(row(id)), tables -> {
            var plan = held(work, tables, id, owner);
            if (plan == null) {
                return false;
            }
            var items = plan.items().stream().map(item -> after(item, step)).toList();
            var ended = step.end() == null ? plan.state() : step.end();
            var row = requireNonNull(tables.plans().get(id));
            tables.plans()
                    .put(id, new Owned(PlanCopies.with(PlanCopies.with(plan, items), ended), row.owner(), row.until()));
            if (step.end() == StoredPlan.State.FAILED) {
                tables.parked().putAll(plan.objects());
            }
            plan.items().stream()
                    .filter(item -> step.patched().containsKey(item.uid()))
                    .forEach(item -> use(tables, item));
            return true;
        });
    }

    private void use(Tables tables, Item item) {
        var intent = requireNonNull(item.intent());
        intent.inUse().forEach(use -> baselines.use(tables, item.uid(), use, intent.decision()));
    }

    private Item after(Item item, Step step) {
        var settled = step.settled().get(item.uid());
        Intent intended = step.intended().get(item.workload());
        var generation = step.patched().get(item.uid());
        if (settled != null) {
            return item.with(settled);
        }
        if (intended != null && mistake != RestartMistake.RECORDS_NO_DECISION) {
            return new Item(
                    item.workload(), item.wave(), ItemState.PATCHING, item.generation(), intended, item.inDoubt());
        }
        return generation == null
                ? item
                : new Item(item.workload(), item.wave(), ItemState.PATCHED, generation, item.intent(), item.inDoubt());
    }

    @Override
    public Uni<Integer> prune(Work work, Duration age) {
        return Uni.createFrom().item(0);
    }
}
