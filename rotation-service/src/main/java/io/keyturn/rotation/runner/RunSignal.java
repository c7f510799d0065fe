package io.keyturn.rotation.runner;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

/** Tells the runner of this process that a run may be due. Only an accelerator: the runner looks by itself anyway. */
@ApplicationScoped
public class RunSignal {
    private final Semaphore raised = new Semaphore(0);

    public void raise() {
        raised.release();
    }

    void raiseAfter(Duration delay) {
        Thread.ofVirtual().name("run-signal").start(() -> {
            try {
                Thread.sleep(delay);
                raise();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void await(Duration timeout) throws InterruptedException {
        if (raised.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            raised.drainPermits();
        }
    }
}
