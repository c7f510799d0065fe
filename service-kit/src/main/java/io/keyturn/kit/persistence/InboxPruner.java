package io.keyturn.kit.persistence;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.outbox.KitLog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** Deletes what the inbox need not remember any longer, in small transactions that take no row from one another's hands. */
@ApplicationScoped
public class InboxPruner {
    private static final int BATCH = 1_000;
    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);
    private static final String DELETE = """
            delete from inbox
             where ctid = any (array (
                   select ctid from inbox
                    where received_at < now() - cast(:millis || ' milliseconds' as interval)
                    limit :batch
                      for update skip locked))
            """;

    private final Mutiny.SessionFactory sessions;
    private final InboxConfig config;
    private final CountDownLatch stopping = new CountDownLatch(1);

    InboxPruner(Mutiny.SessionFactory sessions, InboxConfig config) {
        this.sessions = sessions;
        this.config = config;
    }

    void begin(@Observes StartupEvent event) {
        Thread.ofVirtual().name("inbox-pruner").start(this::run);
    }

    void end(@Observes ShutdownEvent event) {
        stopping.countDown();
    }

    private void run() {
        try {
            while (!stopping.await(config.pruneEvery().toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    prune();
                } catch (RuntimeException e) {
                    KitLog.LOG.inboxNotPruned(e.getClass().getSimpleName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many rows were deleted. Blocks; on a virtual thread. */
    long prune() throws InterruptedException {
        long all = 0;
        int deleted;
        do {
            deleted = Bridge.await(this::pruneBatch);
            all += deleted;
        } while (deleted == BATCH && !stopping.await(BETWEEN_BATCHES.toMillis(), TimeUnit.MILLISECONDS));
        return all;
    }

    private Uni<Integer> pruneBatch() {
        return sessions.withTransaction((session, _) -> session.createNativeQuery(DELETE)
                .setParameter("millis", String.valueOf(config.retention().toMillis()))
                .setParameter("batch", BATCH)
                .executeUpdate());
    }
}
