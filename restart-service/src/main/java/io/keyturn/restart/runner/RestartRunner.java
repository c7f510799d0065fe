package io.keyturn.restart.runner;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.RestartLog;
import io.keyturn.restart.persistence.BaselineStore;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.workload.WorkloadIndex;
import io.keyturn.restart.workload.WorkloadInformers;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

/** The main loop: once the index is whole, adopt what is new, plan for what changed, take over what others left. */
@ApplicationScoped
class RestartRunner implements WorkloadInformers.Listener {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** How often the database is asked for what other instances left behind; what arises here wakes the runner by itself. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration HOUSEKEEPING = Duration.ofHours(1);

    private final WorkloadInformers informers;
    private final WorkloadIndex index;
    private final Wakeups wakeups;
    private final LostBaselines lost;
    private final Adoption adoption;
    private final Planning planning;
    private final PlanDrivers drivers;
    private final Transactions transactions;
    private final BaselineStore baselines;
    private final PlanStore plans;
    private final RestartConfig config;
    private final Clock clock;
    private volatile @Nullable Thread thread;
    private Instant nextLook = Instant.MIN;
    private Instant nextHousekeeping = Instant.MIN;

    RestartRunner(
            WorkloadInformers informers,
            WorkloadIndex index,
            Wakeups wakeups,
            LostBaselines lost,
            Adoption adoption,
            Planning planning,
            PlanDrivers drivers,
            Transactions transactions,
            BaselineStore baselines,
            PlanStore plans,
            RestartConfig config,
            Clock clock) {
        this.informers = informers;
        this.index = index;
        this.wakeups = wakeups;
        this.lost = lost;
        this.adoption = adoption;
        this.planning = planning;
        this.drivers = drivers;
        this.transactions = transactions;
        this.baselines = baselines;
        this.plans = plans;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("restart-runner").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        var running = thread;
        if (running != null) {
            running.interrupt();
            running.join(Duration.ofSeconds(5));
        }
        drivers.stop();
        informers.stop();
    }

    @Override
    public void referencesChanged(Uid workload) {
        adoption.referencesChanged(workload);
        wakeups.wakePlanner();
    }

    @Override
    public void workloadChanged(Uid workload) {
        wakeups.wakePlansOf(workload);
    }

    @Override
    public void workloadGone(Uid workload) {
        adoption.gone(workload);
        wakeups.wakePlansOf(workload);
        wakeups.wakePlanner();
    }

    /** Until it is interrupted. */
    void run() {
        informers.start(this);
        try {
            while (!informers.synced()) {
                wakeups.awaitPlanner(Duration.ofMillis(20));
            }
            lookForLoss();
            loop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookForLoss() throws InterruptedException {
        while (true) {
            try {
                lost.look();
                return;
            } catch (RuntimeException e) {
                RestartLog.LOG.planningHeldUp(e.getClass().getSimpleName());
            }
            wakeups.awaitPlanner(PAUSE);
        }
    }

    private void loop() throws InterruptedException {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var busy = adoption.run();
                housekeep();
                busy |= planning.run();
                takeOver();
                if (!busy) {
                    wakeups.awaitPlanner(untilNext());
                }
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                RestartLog.LOG.planningHeldUp(e.getClass().getSimpleName());
                wakeups.awaitPlanner(PAUSE);
            }
        }
    }

    private void takeOver() {
        var now = clock.instant();
        if (!now.isBefore(nextLook)) {
            drivers.takeOver();
            nextLook = now.plus(LOOK);
        }
    }

    private Duration untilNext() {
        var next = planning.next().isBefore(nextLook) ? planning.next() : nextLook;
        var left = Duration.between(clock.instant(), next);
        return left.isPositive() ? left : Duration.ofMillis(1);
    }

    /** First at the start: what was deleted while nobody watched is forgotten. */
    private void housekeep() {
        var now = clock.instant();
        if (now.isBefore(nextHousekeeping)) {
            return;
        }
        var present = index.uids();
        var forgotten = transactions.run(null, work -> baselines.forgetOthers(work, present));
        transactions.run(null, work -> plans.prune(work, config.keepPlans()));
        if (nextHousekeeping.equals(Instant.MIN)) {
            RestartLog.LOG.started(present.size(), forgotten);
        }
        nextHousekeeping = now.plus(HOUSEKEEPING);
    }
}
