package io.keyturn.restart.runner;

import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.Work;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.PlanningStore;
import io.keyturn.restart.persistence.PlanningStore.Planned;
import io.keyturn.restart.persistence.PlanningStore.Scene;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.plan.PlanInput;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.TargetPods;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/**
 * Makes one plan in a transaction of its caller, who holds the lock of the namespace: one statement reads all there is to know,
 * one writes all that is decided, then the facts.
 */
@ApplicationScoped
class PlanMaker {
    private final WorkloadIndex index;
    private final PlanningStore planning;
    private final BaselineStore baselines;
    private final LostBaselines lost;
    private final PlanDrivers drivers;
    private final RestartConfig config;
    private final KitConfig kit;
    private final Clock clock;

    /** A change to plan for, and what the cluster says about its object. */
    record Change(
            ObjectRef object,
            List<RotationPolicy> policies,
            List<TargetPods> targets,
            @Nullable String trace) {}

    /** A plan that would be superseded took a step since the scene was read: it is to be planned for anew. */
    static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** What a transaction that failed for it fails with may be around it. */
        static boolean isBehind(Throwable failure) {
            return failure instanceof Overtaken || failure.getCause() instanceof Overtaken;
        }
    }

    PlanMaker(
            WorkloadIndex index,
            PlanningStore planning,
            BaselineStore baselines,
            LostBaselines lost,
            PlanDrivers drivers,
            RestartConfig config,
            KitConfig kit,
            Clock clock) {
        this.index = index;
        this.planning = planning;
        this.baselines = baselines;
        this.lost = lost;
        this.drivers = drivers;
        this.config = config;
        this.kit = kit;
        this.clock = clock;
    }

    /** What is known about the objects, the objects of running plans for them, their readers, and all that these read. */
    Uni<Scene> scene(Work work, Set<ObjectRef> objects) {
        var readers = index.readersOf(objects);
        return planning.scene(work, objects, read(objects, readers), uids(readers))
                .chain(scene -> {
                    var covered = covered(objects, scene.earlier());
                    if (covered.size() == objects.size()) {
                        return Uni.createFrom().item(scene);
                    }
                    var all = index.readersOf(covered);
                    return baselines
                            .situation(work, read(covered, all), uids(all))
                            .map(situation -> new Scene(scene.earlier(), situation));
                });
    }

    /**
     * Decides and writes; what was decided still has to {@link #begin} once the transaction has committed. Fails with {@link Overtaken},
     * and then it must not.
     *
     * @param answered objects whose triggers go, for nobody can have raised one since the scene was read
     */
    Uni<Decision> plan(Work work, Change change, Set<ObjectRef> objects, Scene scene, Set<ObjectRef> answered) {
        var decision = Decision.of(new Question(
                change.object(),
                objects,
                scene.earlier(),
                scene.situation(),
                index.readersOf(covered(objects, scene.earlier())),
                change.policies(),
                change.targets(),
                new PlanInput.Rules(
                        config.autoReloadAll(),
                        scene.situation().installedAt(),
                        config.maxParallel(),
                        config.deadline()),
                clock.instant(),
                change.trace()));
        var planned = new Planned(
                decision.plan(),
                decision.superseded(),
                decision.adoptions(),
                answered,
                scene.situation().decision());
        return planning.write(work, planned, kit.instance(), PlanStore.OWNED)
                .map(asRead -> {
                    if (!asRead) {
                        throw new Overtaken();
                    }
                    return decision;
                })
                .call(written -> work.state(written.facts(), change.trace()))
                .call(written -> ended(work, written.plan()));
    }

    /** A plan for nobody is over when it is made. */
    private Uni<Void> ended(Work work, @Nullable StoredPlan plan) {
        return plan != null && plan.state() == StoredPlan.State.COMPLETED
                ? lost.completed(work, plan.ref().id())
                : Uni.createFrom().voidItem();
    }

    /** After the commit: the plan is driven by this instance, the ones it superseded no more. Returns at once. */
    void begin(Decision decision) {
        var plan = decision.plan();
        if (plan == null) {
            return;
        }
        RestartLog.LOG.planned(
                plan.ref().id(), plan.ref().trigger(), plan.items().size(), plan.unaffected());
        decision.superseded().forEach(old -> {
            RestartLog.LOG.superseded(old.ref().id(), plan.ref().id());
            drivers.superseded(old.ref().id());
        });
        if (plan.state() == StoredPlan.State.RUNNING) {
            drivers.drive(plan);
        }
    }

    private static Set<ObjectRef> covered(Collection<ObjectRef> objects, List<StoredPlan> earlier) {
        var covered = new HashSet<>(objects);
        earlier.stream()
                .filter(p -> p.state() == StoredPlan.State.RUNNING)
                .forEach(p -> covered.addAll(p.objects().keySet()));
        return covered;
    }

    private static Set<ObjectRef> read(Collection<ObjectRef> objects, List<Workload> readers) {
        var read = new HashSet<>(objects);
        readers.forEach(reader -> read.addAll(reader.references().objects()));
        return read;
    }

    private static Set<Uid> uids(List<Workload> workloads) {
        return workloads.stream().map(w -> w.ref().uid()).collect(Collectors.toSet());
    }
}
