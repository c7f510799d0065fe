package io.keyturn.rotation.runner;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;

/**
 * Keeps a run claimed while a command takes its time, so that nobody else carries the same one out beside us. An extension that
 * fails is tried again, more often: an outage shorter than the claim costs nothing. A claim that is lost all the same is not got
 * back; what the command came to finds another epoch in the row, and changes nothing.
 */
@ApplicationScoped
class ClaimKeeper {
    private final RotationStore store;

    ClaimKeeper(RotationStore store) {
        this.store = store;
    }

    <T> T during(Run run, Duration validity, Supplier<T> work) {
        var over = new CountDownLatch(1);
        Thread.ofVirtual().name("claim-" + run.id()).start(() -> keep(run, validity, over));
        try {
            return work.get();
        } finally {
            over.countDown();
        }
    }

    /** An extension that is under way when the command ends does no harm: a run that waits or is over has no claim to extend. */
    private void keep(Run run, Duration validity, CountDownLatch over) {
        boolean extended = true;
        try {
            while (!over.await(validity.dividedBy(extended ? 3 : 15).toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    if (!Bridge.await(() -> store.extend(run, validity))) {
                        return;
                    }
                    extended = true;
                } catch (RuntimeException e) {
                    if (extended && over.getCount() > 0) {
                        RotationLog.LOG.heldUp("claim", e.getClass().getSimpleName());
                    }
                    extended = false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
