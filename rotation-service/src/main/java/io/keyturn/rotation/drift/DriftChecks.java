package io.keyturn.rotation.drift;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.RotationLog;
import io.keyturn.rotation.bulkhead.Bulkheads;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.persistence.DriftStore;
import io.keyturn.rotation.persistence.DriftStore.Due;
import io.keyturn.rotation.resource.KnownRotations;
import io.keyturn.rotation.target.Target.Standing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jspecify.annotations.Nullable;

/** Takes the looks that are due, a few at once, and gives each a virtual thread. Several processes share them row by row. */
@ApplicationScoped
class DriftChecks {
    /** After so long a look whose process has died is due again; longer than any look takes. */
    private static final Duration VALIDITY = Duration.ofMinutes(5);

    private final KnownRotations known;
    private final DriftStore store;
    private final DriftCheck check;
    private final RotationConfig.Drift config;
    private final Clock clock;
    private final Semaphore free;
    private final Bulkheads bulkheads;
    /** The generation whose interval the database has, by uid. */
    private final Map<String, Long> enrolled = new ConcurrentHashMap<>();

    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    DriftChecks(KnownRotations known, DriftStore store, DriftCheck check, RotationConfig config, Clock clock) {
        this.known = known;
        this.store = store;
        this.check = check;
        this.config = config.drift();
        this.clock = clock;
        this.free = new Semaphore(config.drift().concurrency());
        this.bulkheads =
                new Bulkheads(config.drift().concurrency(), config.drift().perTarget());
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("drift-checks").start(this::run);
    }

    /** Looks that are under way are let go: they change nothing at the target. */
    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        // An interrupt may get lost in a library, hence the flag.
        while (!stopping) {
            try {
                if (known.isComplete()) {
                    enrollAll();
                    claimAndLook();
                }
            } catch (RuntimeException e) {
                RotationLog.LOG.heldUp("drift checks", e.getClass().getSimpleName());
            }
            try {
                Thread.sleep(config.poll());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Those that were not seen before, and those whose spec is another than before; those that are gone are looked at once more. */
    private void enrollAll() {
        for (var rotation : known.all()) {
            var uid = rotation.getMetadata().getUid();
            var generation = rotation.getMetadata().getGeneration();
            if (!generation.equals(enrolled.get(uid))) {
                known.policyOf(rotation).ifPresent(policy -> {
                    var every = policy.drift().every();
                    var first = Pace.next(uid, every, clock.instant());
                    Bridge.await(() -> store.enroll(rotation.ref(), uid, every, first));
                    enrolled.put(uid, generation);
                });
            }
        }
        var gone = enrolled.keySet().stream().filter(uid -> !known.isKnown(uid)).toList();
        for (var uid : gone) {
            Bridge.await(() -> store.putOff(uid, clock.instant()));
            enrolled.remove(uid);
        }
    }

    /** What there was no room for is put back, and others are claimed at once: who is at a full target holds up nobody else. */
    private void claimAndLook() {
        boolean full = true;
        while (full && !stopping && free.availablePermits() > 0) {
            full = false;
            var waiting = known.at(bulkheads.full());
            for (var due : Bridge.await(() -> store.claim(waiting, free.availablePermits(), VALIDITY))) {
                var target = known.addressOf(due.uid());
                if (bulkheads.enter(target)) {
                    look(due, target);
                } else {
                    full = true;
                    Bridge.await(() -> store.putOff(due.uid(), due.at()));
                }
            }
        }
    }

    private void look(Due due, String target) {
        free.acquireUninterruptibly();
        Thread.ofVirtual().name("drift-" + due.uid()).start(() -> {
            try {
                check.make(due).ifPresent(found -> heard(target, found));
            } catch (RuntimeException e) {
                RotationLog.LOG.heldUp("a drift check", e.getClass().getSimpleName());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                bulkheads.leave(target);
                free.release();
            }
        });
    }

    private void heard(String target, Outcome<Standing> found) {
        if (found instanceof Outcome.Done) {
            bulkheads.answer(target);
        } else if (found instanceof Outcome.Unavailable<Standing>(var reason)
                && reason == RotationReason.TARGET_UNREACHABLE) {
            bulkheads.noAnswer(target);
        }
    }
}
