package io.keyturn.restart.runner;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.simulation.Instance;

/** Drivers that are threads of the instance. */
@Vetoed
final class ModelDrivers extends PlanDrivers {
    private final Instance instance;
    private int started;

    ModelDrivers(
            Instance instance,
            PatchStep patching,
            LookStep looking,
            PlanRecord record,
            Wakeups wakeups,
            Transactions transactions,
            PlanStore plans,
            KitConfig kit,
            RestartMetrics metrics) {
        super(patching, looking, record, wakeups, transactions, plans, kit, metrics);
        this.instance = instance;
    }

    @Override
    Thread start(String name, Runnable driver) {
        return instance.start("driver-" + ++started, driver);
    }

    @Override
    long nanoTime() {
        return instance.nanoTime();
    }
}
