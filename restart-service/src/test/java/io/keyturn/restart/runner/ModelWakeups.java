package io.keyturn.restart.runner;

import java.time.Duration;
import java.util.concurrent.Semaphore;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.simulation.Instance;

/** Waits in the time of the world. */
@Vetoed
final class ModelWakeups extends Wakeups {
    private final Instance instance;

    ModelWakeups(Instance instance) {
        this.instance = instance;
    }

    @Override
    public void wakePlanner() {
        super.wakePlanner();
        instance.world().turns().wakeListeners();
    }

    @Override
    void endPlan(PlanId plan) {
        super.endPlan(plan);
        instance.world().turns().wakeListeners();
    }

    @Override
    void wakePlansOf(Uid workload) {
        super.wakePlansOf(workload);
        instance.world().turns().wakeListeners();
    }

    @Override
    void await(Semaphore raised, Duration timeout) {
        var world = instance.world();
        var end = world.now().plus(timeout);
        while (!raised.tryAcquire()) {
            if (!world.now().isBefore(end)) {
                return;
            }
            instance.listen(Duration.between(world.now(), end));
        }
        raised.drainPermits();
    }
}
