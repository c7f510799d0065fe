package io.keyturn.rotation.runner;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.persistence.RotationStore;
import io.keyturn.rotation.persistence.Run;
import io.keyturn.rotation.resource.KnownRotations;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

/** Claims due runs and gives each a virtual thread. Several processes share the work row by row. */
@ApplicationScoped
public class RotationRunner {
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private final RotationStore store;
    private final RunDriver driver;
    private final RunSignal signal;
    private final RunBulkheads bulkheads;
    private final KnownRotations known;
    private final RotationConfig.Runner config;
    private final String instance;
    private final Semaphore free;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    RotationRunner(
            RotationStore store,
            RunDriver driver,
            RunSignal signal,
            RunBulkheads bulkheads,
            KnownRotations known,
            RotationConfig config,
            KitConfig kit) {
        this.store = store;
        this.driver = driver;
        this.signal = signal;
        this.bulkheads = bulkheads;
        this.known = known;
        this.config = config.runner();
        this.instance = kit.instance();
        this.free = new Semaphore(config.runner().concurrency());
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("rotation-runner").start(this::run);
    }

    /** Lets the commands that are under way finish; their runs go on from the database, here or elsewhere. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        driver.stop();
        var running = thread;
        if (running != null) {
            running.interrupt();
            running.join(DRAIN);
        }
        free.tryAcquire(config.concurrency(), DRAIN.toSeconds(), TimeUnit.SECONDS);
    }

    private void run() {
        // An interrupt may get lost in a library, hence the flag.
        while (!stopping) {
            var pause = SHORTEST_PAUSE;
            try {
                pause = claimAndDrive();
            } catch (RuntimeException e) {
                RotationLog.LOG.heldUp("runner", e.getClass().getSimpleName());
            }
            try {
                signal.await(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** How long to wait, unless a signal comes. */
    private Duration claimAndDrive() {
        int limit = known.isComplete() ? free.availablePermits() : 0;
        if (limit == 0) {
            return config.poll();
        }
        var waiting = known.at(bulkheads.full());
        List<Run> claimed = Bridge.await(() -> store.claim(instance, waiting, limit, config.claim()));
        // What was claimed signals its end; what there was no room for is not claimed again before there is.
        var pause = claimed.isEmpty() ? untilNextDue() : config.poll();
        for (var run : claimed) {
            var target = known.addressOf(run.policyUid());
            if (bulkheads.enter(target)) {
                drive(run, target);
            } else {
                // Not for ever: no target was full when this was claimed, so something has entered since, or the target
                // fell silent.
                Bridge.await(() -> store.release(run));
                pause = Duration.ZERO;
            }
        }
        return pause;
    }

    private void drive(Run run, String target) {
        free.acquireUninterruptibly();
        Thread.ofVirtual().name("run-" + run.id()).start(() -> {
            try {
                driver.drive(run);
            } finally {
                bulkheads.leave(target);
                free.release();
                signal.raise();
            }
        });
    }

    /** Runs of other processes may become ours when their claims end: nobody signals that. */
    private Duration untilNextDue() {
        var poll = config.poll();
        var next = Bridge.await(store::untilNextDue).orElse(poll);
        return next.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : next.compareTo(poll) > 0 ? poll : next;
    }
}
