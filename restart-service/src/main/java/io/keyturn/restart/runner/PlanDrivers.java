package io.keyturn.restart.runner;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.Transactions;

/** The plans this instance drives: one virtual thread each. */
@ApplicationScoped
class PlanDrivers {
    private final Map<PlanId, Thread> running = new ConcurrentHashMap<>();
    private final PatchStep patching;
    private final LookStep looking;
    private final PlanRecord record;
    private final Wakeups wakeups;
    private final Transactions transactions;
    private final PlanStore plans;
    private final KitConfig kit;
    private volatile boolean stopping;

    PlanDrivers(
            PatchStep patching,
            LookStep looking,
            PlanRecord record,
            Wakeups wakeups,
            Transactions transactions,
            PlanStore plans,
            KitConfig kit,
            RestartMetrics metrics) {
        this.patching = patching;
        this.looking = looking;
        this.record = record;
        this.wakeups = wakeups;
        this.transactions = transactions;
        this.plans = plans;
        this.kit = kit;
        metrics.running(running::size);
    }

    /** Begins to drive a plan that this instance owns, unless it does already. */
    void drive(StoredPlan plan) {
        var id = plan.ref().id();
        if (stopping) {
            return;
        }
        running.computeIfAbsent(id, _ -> {
            wakeups.watch(id, plan.items().stream().map(StoredPlan.Item::uid).toList());
            return start("plan-" + id, () -> run(plan));
        });
    }

    /** Who drives, and by which clock, is another's in a simulation. */
    Thread start(String name, Runnable driver) {
        return Thread.ofVirtual().name(name).start(driver);
    }

    long nanoTime() {
        return System.nanoTime();
    }

    private void run(StoredPlan plan) {
        try {
            new PlanDriver(plan, patching, looking, record, wakeups, this::nanoTime).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            var id = plan.ref().id();
            running.remove(id);
            wakeups.unwatch(id);
        }
    }

    /** Another plan took this one's place. */
    void superseded(PlanId plan) {
        wakeups.endPlan(plan);
    }

    /** Takes over plans whose owner is silent. */
    void takeOver() {
        for (var plan : transactions.run(null, work -> plans.claimAbandoned(work, kit.instance()))) {
            RestartLog.LOG.takenOver(plan.ref().id(), plan.ref().trigger());
            drive(plan);
        }
    }

    /** Stops driving and leaves the plans to other instances, or to the next start. */
    void stop() throws InterruptedException {
        stopping = true;
        var threads = Map.copyOf(running).values();
        threads.forEach(Thread::interrupt);
        for (var thread : threads) {
            thread.join(2_000);
        }
        transactions.run(null, work -> plans.release(work, kit.instance()));
    }
}
