package io.keyturn.kit.persistence;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.outbox.KitLog;
import io.keyturn.kit.start.Complaint;
import io.keyturn.kit.start.SettingsRule;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** Deletes what the inbox need not remember any longer, in small transactions that take no row from one another's hands. */
@ApplicationScoped
public class InboxPruner implements SettingsRule {
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

    /** What is forgotten while a topic still has it would be acted on again. */
    @Override
    public List<Complaint> complaints() {
        return complaints(config.retention());
    }

    static List<Complaint> complaints(Duration retention) {
        var kept = Stream.of(Topic.values())
                .flatMap(topic -> Stream.ofNullable(topic.config().get("retention.ms")))
                .mapToLong(Long::parseLong)
                .max()
                .orElse(0);
        return retention.toMillis() > kept
                ? List.of()
                : List.of(new Complaint(
                        "keyturn.inbox.retention",
                        "is not longer than topics keep their events",
                        "make it more than " + Duration.ofMillis(kept).toDays() + " days"));
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
