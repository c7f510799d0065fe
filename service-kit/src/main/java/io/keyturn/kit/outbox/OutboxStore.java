package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** The outbox table as the relay sees it. */
@ApplicationScoped
class OutboxStore {
    private final Mutiny.SessionFactory sessions;

    OutboxStore(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** The oldest rows that are there now. */
    Uni<List<OutboxRow>> waiting(int limit) {
        return sessions.withSession(session -> session.createQuery("from OutboxRow order by position", OutboxRow.class)
                .setMaxResults(limit)
                .getResultList());
    }

    Uni<Void> remove(List<UUID> sent) {
        return sessions.withTransaction(
                        (session, _) -> session.createMutationQuery("delete from OutboxRow where id in :ids")
                                .setParameter("ids", sent)
                                .executeUpdate())
                .replaceWithVoid();
    }

    /** How long the oldest row has been waiting; zero when there is none. */
    Uni<Duration> oldestAge() {
        return sessions.withSession(session -> session.createNativeQuery(
                                "select cast(coalesce(extract(epoch from now() - min(stated_at)) * 1000, 0) as bigint) from outbox",
                                Long.class)
                        .getSingleResult())
                .map(Duration::ofMillis);
    }
}
