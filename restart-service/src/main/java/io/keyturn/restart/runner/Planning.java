package io.keyturn.restart.runner;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.Work;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.BaselineStore.Situation;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.PlanningStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.persistence.Trigger;
import io.keyturn.restart.plan.PlanInput;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.plan.TargetPods;
import io.keyturn.restart.runner.Decision.Question;
import io.keyturn.restart.workload.TargetLookup;
import io.keyturn.restart.workload.WorkloadIndex;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** Turns triggers into plans: one transaction each, one at a time per namespace among all instances. */
@ApplicationScoped
class Planning {
    private static final int BATCH = 200;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final WorkloadIndex index;
    private final TargetLookup targets;
    private final Transactions transactions;
    private final PlanningStore planning;
    private final PlanStore plans;
    private final BaselineStore baselines;
    private final PlanDrivers drivers;
    private final RestartConfig config;
    private final KitConfig kit;
    private final Clock clock;
    private final Tracer tracer;

    Planning(
            WorkloadIndex index,
            TargetLookup targets,
            Transactions transactions,
            PlanningStore planning,
            PlanStore plans,
            BaselineStore baselines,
            PlanDrivers drivers,
            RestartConfig config,
            KitConfig kit,
            Clock clock,
            Tracer tracer) {
        this.index = index;
        this.targets = targets;
        this.transactions = transactions;
        this.planning = planning;
        this.plans = plans;
        this.baselines = baselines;
        this.drivers = drivers;
        this.config = config;
        this.kit = kit;
        this.clock = clock;
        this.tracer = tracer;
    }

    /** Plans for what is due. True if there may be more. */
    boolean run() {
        var due = transactions.run(null, work -> planning.due(work, BATCH));
        if (due.isEmpty()) {
            return false;
        }
        var idle = due.stream()
                .filter(t -> t.publication() == null && !index.hasReaders(t.object()))
                .map(Trigger::object)
                .collect(Collectors.toSet());
        if (!idle.isEmpty()) {
            transactions.run(null, work -> planning.take(work, idle));
        }
        due.stream().filter(t -> !idle.contains(t.object())).forEach(this::planOrPostpone);
        return true;
    }

    /** One object that cannot be planned for now must not hold up the others. */
    private void planOrPostpone(Trigger trigger) {
        try {
            plan(trigger);
        } catch (RuntimeException e) {
            RestartLog.LOG.planningHeldUp(e.getClass().getSimpleName());
            transactions.run(
                    null,
                    work -> planning.take(work, Set.of(trigger.object()))
                            .chain(taken -> planning.postpone(
                                    work, taken, clock.instant().plus(RETRY))));
        }
    }

    private void plan(Trigger trigger) {
        var policies = index.policiesOf(trigger.object());
        var group = group(trigger, policies);
        var targetPods = targets.of(policies);
        TraceContext.inSpan(tracer, "plan restart", trigger.traceparent(), () -> {
            var trace = trigger.traceparent() == null ? null : TraceContext.current();
            var planned = transactions.run(
                    trace,
                    work -> planning.lock(work, trigger.object().namespace())
                            .chain(_ -> planning.take(work, group))
                            .chain(taken -> taken(work, trigger, taken, group, policies, targetPods, trace)));
            planned.ifPresent(this::begin);
            return planned;
        });
    }

    /** All Secrets of the publication the trigger belongs to; else the object alone. */
    private static Set<ObjectRef> group(Trigger trigger, List<RotationPolicy> policies) {
        return trigger.publication() == null || policies.isEmpty()
                ? Set.of(trigger.object())
                : policies.getFirst().publications();
    }

    private Uni<Optional<Decision>> taken(
            Work work,
            Trigger trigger,
            List<Trigger> taken,
            Set<ObjectRef> group,
            List<RotationPolicy> policies,
            List<TargetPods> targetPods,
            @Nullable String trace) {
        if (taken.stream().noneMatch(t -> t.object().equals(trigger.object()))) {
            // Another instance, or an earlier plan of this pass, was faster; nothing else may be lost for it.
            return planning.postpone(work, taken, clock.instant()).replaceWith(Optional.empty());
        }
        return planning.overlapping(work, group)
                .chain(earlier -> situation(work, group, earlier).chain(situation -> {
                    var objects = together(trigger, group, situation);
                    if (mustWait(trigger, taken, group, objects)) {
                        return planning.postpone(work, taken, waitUntil(trigger, taken))
                                .replaceWith(Optional.empty());
                    }
                    var others = taken.stream()
                            .filter(t ->
                                    !objects.contains(t.object()) && !t.object().equals(trigger.object()))
                            .toList();
                    return planning.postpone(work, others, clock.instant())
                            .chain(_ -> objects.isEmpty()
                                    ? Uni.createFrom().item(Optional.empty())
                                    : decide(work, trigger, objects, earlier, situation, policies, targetPods, trace));
                }));
    }

    /** What is known about the objects of the group and of running plans, their readers, and all that these read. */
    private Uni<Situation> situation(Work work, Set<ObjectRef> group, List<StoredPlan> earlier) {
        var readers = index.readersOf(covered(group, earlier));
        var objects = new HashSet<>(covered(group, earlier));
        readers.forEach(reader -> objects.addAll(reader.references().objects()));
        return baselines.situation(
                work, objects, readers.stream().map(r -> r.ref().uid()).collect(Collectors.toSet()));
    }

    private static Set<ObjectRef> covered(Collection<ObjectRef> group, List<StoredPlan> earlier) {
        var covered = new HashSet<>(group);
        earlier.stream()
                .filter(p -> p.state() == StoredPlan.State.RUNNING)
                .forEach(p -> covered.addAll(p.objects().keySet()));
        return covered;
    }

    /** The objects of the group that carry the trigger's publication; empty if the trigger's object is gone. */
    private static Set<ObjectRef> together(Trigger trigger, Set<ObjectRef> group, Situation situation) {
        var main = situation.contents().get(trigger.object());
        if (main == null) {
            return Set.of();
        }
        return group.stream()
                .filter(object -> {
                    var stated = situation.contents().get(object);
                    return stated != null
                            && (object.equals(trigger.object())
                                    || (main.publication() != null
                                            && Objects.equals(stated.publication(), main.publication())));
                })
                .collect(Collectors.toSet());
    }

    private boolean mustWait(Trigger trigger, List<Trigger> taken, Set<ObjectRef> group, Set<ObjectRef> together) {
        return !together.isEmpty()
                && together.size() < group.size()
                && clock.instant().isBefore(waitUntil(trigger, taken));
    }

    private Instant waitUntil(Trigger trigger, List<Trigger> taken) {
        var raised = taken.stream()
                .filter(t -> t.object().equals(trigger.object()))
                .map(Trigger::raisedAt)
                .findFirst()
                .orElse(trigger.raisedAt());
        return raised.plus(config.publicationWait());
    }

    private Uni<Optional<Decision>> decide(
            Work work,
            Trigger trigger,
            Set<ObjectRef> objects,
            List<StoredPlan> earlier,
            Situation situation,
            List<RotationPolicy> policies,
            List<TargetPods> targetPods,
            @Nullable String trace) {
        var decision = Decision.of(new Question(
                trigger.object(),
                objects,
                earlier,
                situation,
                index.readersOf(covered(objects, earlier)),
                policies,
                targetPods,
                new PlanInput.Rules(
                        config.autoReloadAll(), situation.installedAt(), config.maxParallel(), config.deadline()),
                clock.instant(),
                trace));
        return baselines
                .adopt(work, decision.adoptions())
                .chain(_ -> write(work, decision))
                .replaceWith(Optional.of(decision));
    }

    private Uni<Void> write(Work work, Decision decision) {
        var plan = decision.plan();
        if (plan == null) {
            return Uni.createFrom().voidItem();
        }
        var id = plan.ref().id();
        return planning.supersede(work, decision.superseded(), id)
                .chain(_ -> planning.insert(work, plan, kit.instance(), PlanStore.OWNED))
                .chain(_ -> plans.intend(work, id, decision.intents()))
                .chain(_ -> work.state(decision.facts()));
    }

    private void begin(Decision decision) {
        var plan = decision.plan();
        if (plan == null) {
            return;
        }
        RestartLog.LOG.planned(
                plan.ref().id(), plan.ref().trigger(), plan.items().size(), plan.unaffected());
        decision.superseded().forEach(old -> {
            RestartLog.LOG.superseded(old, plan.ref().id());
            drivers.look(old);
        });
        if (plan.state() == StoredPlan.State.RUNNING) {
            drivers.drive(plan);
        }
    }
}
