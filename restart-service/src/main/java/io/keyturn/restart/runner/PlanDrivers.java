package io.keyturn.restart.runner;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.persistence.Transactions;
import org.jspecify.annotations.Nullable;

/** The plans this instance drives: one virtual thread each. */
@ApplicationScoped
class PlanDrivers {
    private final Map<PlanId, Driven> running = new ConcurrentHashMap<>();
    private final PatchStep patching;
    private final LookStep looking;
    private final PlanRecord record;
    private final Wakeups wakeups;
    private final Transactions transactions;
    private final PlanStore plans;
    private final KitConfig kit;
    private volatile boolean stopping;

    /** Who drives a plan; {@code owner} as in {@link StoredPlan}. */
    private record Driven(@Nullable String owner, Thread driver) {}

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

    /** Begins to drive a plan that this instance owns. Whoever here has driven it before, under an older claim, finds that out by himself. */
    void drive(StoredPlan plan) {
        var id = plan.ref().id();
        if (stopping) {
            return;
        }
        running.compute(id, (_, driven) -> {
            if (driven != null && plan.owner() == null) {
                // It was taken over here before it was begun: that claim is the later one.
                return driven;
            }
            wakeups.watch(id, plan.items().stream().map(StoredPlan.Item::uid).toList());
            return new Driven(plan.owner(), start("plan-" + id, () -> run(plan)));
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
            running.computeIfPresent(plan.ref().id(), (id, latest) -> {
                if (!Objects.equals(latest.owner(), plan.owner())) {
                    return latest;
                }
                wakeups.unwatch(id);
                return null;
            });
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
        var all = Map.copyOf(running).values();
        all.forEach(it -> it.driver().interrupt());
        for (var it : all) {
            it.driver().join(2_000);
        }
        transactions.run(null, work -> plans.release(work, kit.instance()));
    }
}
