package io.keyturn.restart.runner;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.kit.persistence.Work;
import io.keyturn.kit.trace.TraceContext;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.PlanningStore;
import io.keyturn.restart.persistence.Situation;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.persistence.Trigger;
import io.keyturn.restart.plan.RotationPolicy;
import io.keyturn.restart.runner.PlanMaker.Change;
import io.keyturn.restart.runner.PlanMaker.Overtaken;
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
    private final PlanMaker maker;
    private final RestartConfig config;
    private final Clock clock;
    private final Tracer tracer;
    private Instant next = Instant.MAX;

    Planning(
            WorkloadIndex index,
            TargetLookup targets,
            Transactions transactions,
            PlanningStore planning,
            PlanMaker maker,
            RestartConfig config,
            Clock clock,
            Tracer tracer) {
        this.index = index;
        this.targets = targets;
        this.transactions = transactions;
        this.planning = planning;
        this.maker = maker;
        this.config = config;
        this.clock = clock;
        this.tracer = tracer;
    }

    /** When a trigger that this instance put back is due again; far away if there is none. */
    synchronized Instant next() {
        return next;
    }

    private synchronized void passed() {
        if (!clock.instant().isBefore(next)) {
            next = Instant.MAX;
        }
    }

    private synchronized Uni<Void> postpone(Work work, List<Trigger> triggers, Instant until) {
        if (!triggers.isEmpty() && until.isBefore(next)) {
            next = until;
        }
        return planning.postpone(work, triggers, until);
    }

    /** Plans for what is due. True if there may be more. */
    boolean run() {
        passed();
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
            boolean overtaken = Overtaken.isBehind(e);
            if (!overtaken) {
                RestartLog.LOG.planningHeldUp(e.getClass().getSimpleName());
            }
            var later = clock.instant().plus(overtaken ? Duration.ZERO : RETRY);
            transactions.run(
                    null,
                    work -> planning.take(work, Set.of(trigger.object())).chain(taken -> postpone(work, taken, later)));
        }
    }

    private void plan(Trigger trigger) {
        var policies = index.policiesOf(trigger.object());
        var group = group(trigger.object(), trigger.publication(), policies);
        var targetPods = targets.of(policies);
        TraceContext.inSpan(tracer, "plan restart", trigger.traceparent(), () -> {
            var trace = trigger.traceparent() == null ? null : TraceContext.current();
            var change = new Change(trigger.object(), policies, targetPods, trace);
            var planned = transactions.run(
                    trace,
                    work -> planning.lock(work, trigger.object().namespace())
                            .chain(_ -> planning.take(work, group))
                            .chain(taken -> taken(work, trigger, change, taken, group)));
            planned.ifPresent(maker::begin);
            return planned;
        });
    }

    /** All Secrets of the publication the trigger belongs to; else the object alone. */
    static Set<ObjectRef> group(ObjectRef object, @Nullable PublicationId publication, List<RotationPolicy> policies) {
        return publication == null || policies.isEmpty()
                ? Set.of(object)
                : policies.getFirst().publications();
    }

    private Uni<Optional<Decision>> taken(
            Work work, Trigger trigger, Change change, List<Trigger> taken, Set<ObjectRef> group) {
        if (taken.stream().noneMatch(t -> t.object().equals(trigger.object()))) {
            // Another instance, or an earlier plan of this pass, was faster; nothing else may be lost for it.
            return postpone(work, taken, clock.instant()).replaceWith(Optional.empty());
        }
        return maker.scene(work, group).chain(scene -> {
            var objects = together(trigger, group, scene.situation());
            if (mustWait(trigger, taken, group, objects)) {
                return postpone(work, taken, waitUntil(trigger, taken)).replaceWith(Optional.empty());
            }
            var others = taken.stream()
                    .filter(t -> !objects.contains(t.object()) && !t.object().equals(trigger.object()))
                    .toList();
            return postpone(work, others, clock.instant())
                    .chain(_ -> objects.isEmpty()
                            ? Uni.createFrom().item(Optional.empty())
                            // The triggers were taken before the scene was read; one that came since tells of newer
                            // content.
                            : maker.plan(work, change, objects, scene, Set.of()).map(Optional::of));
        });
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
}
