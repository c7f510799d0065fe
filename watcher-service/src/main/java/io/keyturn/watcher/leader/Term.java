package io.keyturn.watcher.leader;

import java.time.Duration;
import java.util.concurrent.Callable;

import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.watcher.FailureCode;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherLog;
import io.keyturn.watcher.master.FingerprintMaster;
import io.keyturn.watcher.master.FingerprintMaster.InForce;
import io.keyturn.watcher.observe.Observer;
import io.keyturn.watcher.rotation.RotationWatch;
import io.keyturn.watcher.statement.StatementState;
import io.keyturn.watcher.topic.StatementTopic;
import org.jspecify.annotations.Nullable;

/**
 * One time in office, from winning the Lease to losing it: read the topic, read the fingerprint masters, get in step, observe.
 * Whatever is unreachable is tried again until the term ends. SecretRotations are watched from the start: they need neither
 * Vault nor the topic.
 */
final class Term {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final StatementTopic topic;
    private final FingerprintMaster master;
    private final Observer observer;
    private final RotationWatch rotations;
    private final WatcherConfig config;
    private final Thread thread;
    private volatile Observer.@Nullable Session session;
    private volatile @Nullable InForce inForce;
    private volatile String waitsFor = "TOPIC";

    Term(
            StatementTopic topic,
            FingerprintMaster master,
            Observer observer,
            RotationWatch rotations,
            WatcherConfig config) {
        this.topic = topic;
        this.master = master;
        this.observer = observer;
        this.rotations = rotations;
        this.config = config;
        this.thread = Thread.ofVirtual().name("term").unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    /** Stops stating and observing; returns when nothing of this term runs any more, or after a patience of 40 s. */
    void end() {
        thread.interrupt();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean inStep() {
        var current = session;
        return current != null && current.inStep();
    }

    /** What the term waits for, in one word; {@code NOTHING} once it observes. */
    String waitsFor() {
        return waitsFor;
    }

    private void run() {
        try (var _ = rotations.start()) {
            var state = insist("TOPIC", topic::read);
            var readAll = state.isEmpty();
            while (true) {
                readAll |= renewMasters(state);
                observe(state, readAll);
                readAll = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            var last = inForce;
            if (last != null) {
                last.close();
            }
        }
    }

    /** True when other generations are in force than before, or some statement lacks the newest. */
    private boolean renewMasters(StatementState state) throws InterruptedException {
        var before = inForce;
        var now = insist("VAULT", () -> master.read(state::generationsReliedOn));
        inForce = now;
        if (before != null) {
            before.close();
        }
        if (before == null || !before.generations().equals(now.generations())) {
            WatcherLog.LOG.masters(now.toString());
        }
        return !state.generationsReliedOn(now.newest()).isEmpty();
    }

    /** Observes until something asks for a new session: other masters, or a new incarnation of etcd. */
    private void observe(StatementState state, boolean readAll) throws InterruptedException {
        waitsFor = "KUBERNETES";
        try (var current = insist("KUBERNETES", () -> observer.start(state, this::fingerprinter, readAll))) {
            session = current;
            waitsFor = "NOTHING";
            WatcherLog.LOG.inStep(state.size());
            var check = config.observe().versionCheck();
            var untilRefresh = config.master().refresh();
            while (true) {
                Thread.sleep(check);
                if (wentBack(state)) {
                    return;
                }
                untilRefresh = untilRefresh.minus(check);
                if (!untilRefresh.isPositive()) {
                    if (mastersChanged(state)) {
                        return;
                    }
                    untilRefresh = config.master().refresh();
                }
            }
        } finally {
            session = null;
        }
    }

    private boolean wentBack(StatementState state) {
        try {
            return observer.checkVersion(state);
        } catch (RuntimeException e) {
            WatcherLog.LOG.heldUp("KUBERNETES", FailureCode.of(e));
            return false;
        }
    }

    private boolean mastersChanged(StatementState state) {
        try (var now = master.read(state::generationsReliedOn)) {
            var before = inForce;
            return before == null || !before.generations().equals(now.generations());
        } catch (RuntimeException e) {
            WatcherLog.LOG.heldUp("VAULT", FailureCode.of(e));
            return false;
        }
    }

    private Fingerprinter fingerprinter() {
        var current = inForce;
        if (current == null) {
            throw new IllegalStateException("No fingerprint master");
        }
        return current.fingerprinter();
    }

    private <T> T insist(String step, Callable<T> attempt) throws InterruptedException {
        waitsFor = step;
        var pause = FIRST_PAUSE;
        while (true) {
            try {
                return attempt.call();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                WatcherLog.LOG.heldUp(step, FailureCode.of(e));
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
