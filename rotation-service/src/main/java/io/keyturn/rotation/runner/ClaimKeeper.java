package io.keyturn.rotation.runner;

import java.time.Duration;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;

/** Keeps a run claimed while a command takes its time, so that nobody else carries the same one out beside us. */
@ApplicationScoped
class ClaimKeeper {
    private final RotationStore store;
    private final Duration validity;

    ClaimKeeper(RotationStore store, RotationConfig config) {
        this.store = store;
        this.validity = config.runner().claim();
    }

    <T> T during(Run run, Supplier<T> work) {
        var keeper = Thread.ofVirtual().name("claim-" + run.id()).start(() -> keep(run));
        try {
            return work.get();
        } finally {
            keeper.interrupt();
        }
    }

    private void keep(Run run) {
        try {
            while (true) {
                Thread.sleep(validity.dividedBy(3));
                Bridge.await(() -> store.extend(run, validity));
            }
        } catch (InterruptedException e) {
            // The command is over.
        } catch (RuntimeException e) {
            RotationLog.LOG.heldUp("claim", e.getClass().getSimpleName());
        }
    }
}
