package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

/** Tells the relay of this process that rows were committed. Only an accelerator: the relay looks by itself anyway. */
@ApplicationScoped
public class OutboxSignal {
    private final Semaphore raised = new Semaphore(0);

    public void raise() {
        raised.release();
    }

    /** Waits for a signal or the time-out, and takes all signals raised so far. True if there was one. */
    boolean await(Duration timeout) throws InterruptedException {
        var signalled = raised.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
        raised.drainPermits();
        return signalled;
    }
}
