package io.keyturn.restart.runner;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;

/** Tells the threads of this process that something happened. Only an accelerator: each looks by itself anyway. */
@ApplicationScoped
public class Wakeups {
    private final Semaphore planner = new Semaphore(0);
    private final Map<PlanId, Watch> plans = new ConcurrentHashMap<>();

    private record Watch(Semaphore raised, AtomicBoolean over, Set<Uid> workloads) {}

    /** There are triggers, or workloads to adopt. */
    public void wakePlanner() {
        planner.release();
    }

    void awaitPlanner(Duration timeout) throws InterruptedException {
        await(planner, timeout);
    }

    void watch(PlanId plan, Collection<Uid> workloads) {
        plans.put(plan, new Watch(new Semaphore(0), new AtomicBoolean(), Set.copyOf(workloads)));
    }

    void unwatch(PlanId plan) {
        plans.remove(plan);
    }

    /** The plan was superseded: whoever drives it here stops at once. */
    void endPlan(PlanId plan) {
        var watch = plans.get(plan);
        if (watch != null) {
            watch.over().set(true);
            watch.raised().release();
        }
    }

    boolean isOver(PlanId plan) {
        var watch = plans.get(plan);
        return watch == null || watch.over().get();
    }

    void wakePlansOf(Uid workload) {
        plans.values().stream()
                .filter(w -> w.workloads().contains(workload))
                .forEach(w -> w.raised().release());
    }

    void awaitPlan(PlanId plan, Duration timeout) throws InterruptedException {
        var watch = plans.get(plan);
        if (watch == null) {
            return;
        }
        await(watch.raised(), timeout);
    }

    /** Takes all signals raised so far. */
    void await(Semaphore raised, Duration timeout) throws InterruptedException {
        if (raised.tryAcquire(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)) {
            raised.drainPermits();
        }
    }
}
