package io.keyturn.audit.ingest;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.audit.AuditConfig;
import io.keyturn.audit.AuditLog;
import io.keyturn.audit.metrics.AuditMetrics;
import io.quarkus.runtime.ShutdownEvent;

/** Repeats a step until it succeeds, with growing pauses: nothing is skipped, and nothing is acknowledged meanwhile. */
@ApplicationScoped
public class Persistence {
    private final AuditConfig config;
    private final AuditMetrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean heldUp;

    /** A step that may fail and be repeated. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    Persistence(AuditConfig config, AuditMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    /** True while the present step has failed and not yet succeeded. */
    public boolean isHeldUp() {
        return heldUp;
    }

    /** Returns once the step has succeeded; throws {@link IllegalStateException} if the process ends before that. */
    void insist(Step step) {
        var pause = config.retry().first();
        for (int attempt = 1; ; attempt++) {
            try {
                step.run();
                if (attempt > 1) {
                    AuditLog.LOG.recordingGoesOn(attempt - 1);
                }
                heldUp = false;
                return;
            } catch (SQLException e) {
                heldUp(attempt, "SQLSTATE " + e.getSQLState());
            } catch (RuntimeException e) {
                heldUp(attempt, e.getClass().getSimpleName());
            }
            await(pause);
            pause = longer(pause);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
    }

    private void heldUp(int attempt, String reason) {
        heldUp = true;
        metrics.retried();
        AuditLog.LOG.recordingHeldUp(attempt, reason);
    }

    private void await(Duration pause) {
        try {
            if (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("Stopping: the batch stays unacknowledged and comes again");
    }

    private Duration longer(Duration pause) {
        var doubled = pause.multipliedBy(2);
        var longest = config.retry().longest();
        return doubled.compareTo(longest) > 0 ? longest : doubled;
    }
}
