package io.keyturn.kit.outbox;

import java.time.Duration;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.restart.simulation.Instance;

/** The signal, waited for in the time of the world. */
@Vetoed
public final class ModelSignal extends OutboxSignal {
    private final Instance instance;
    private boolean raised;

    public ModelSignal(Instance instance) {
        this.instance = instance;
    }

    @Override
    public void raise() {
        raised = true;
        instance.world().turns().wakeListeners();
    }

    @Override
    boolean await(Duration timeout) {
        if (!raised) {
            instance.listen(timeout);
        }
        var was = raised;
        raised = false;
        return was;
    }
}
