package io.keyturn.kit.outbox;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.EventType;
import io.keyturn.kit.persistence.NativeSql;
import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** The outbox table as the relay sees it. What only another version can read is left to that version. */
@ApplicationScoped
class OutboxStore {
    private static final List<String> KNOWN =
            Stream.of(EventType.values()).map(EventType::type).toList();
    private static final int FEW = 20;

    private static final String IS_WAITING =
            "select cast(exists (select from outbox where event_type = any ($1)) as text)";

    /** Whose row says who carries. */
    static final String LEASE = "outbox-relay";

    /**
     * One statement without a transaction around it, and its commit waits for no disk: rows that come back are sent again. Nobody can take
     * the lease while it runs: what another has begun to repeat stays until that one has repeated all of it.
     */
    private static final String REMOVE = """
            with ours as (select from lease where name = $2 and owner = $3 for share),
                 gone as (
                 delete from outbox
                  where exists (select from ours) and id in (select cast(sent.id as uuid) from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) as sent(id))
                 returning 1)
            select cast(count(*) as text) || set_config('synchronous_commit', 'off', true) from gone
            """;

    private final Mutiny.SessionFactory sessions;

    OutboxStore(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** Whether anything is there; the one question an idle relay asks. */
    Uni<Boolean> isWaiting() {
        return sessions.withSession(
                        session -> NativeSql.text(session, IS_WAITING, (Object) KNOWN.toArray(String[]::new)))
                .map(Boolean::valueOf);
    }

    /** The oldest rows that are there now and lie beyond a position. */
    Uni<List<OutboxRow>> waiting(long beyond, int limit) {
        return sessions.withSession(session -> session.createQuery(
                        "from OutboxRow where position > :beyond and eventType in :known order by position",
                        OutboxRow.class)
                .setParameter("beyond", beyond)
                .setParameter("known", KNOWN)
                .setMaxResults(limit)
                .getResultList());
    }

    /** Some of the rows that hold no event type of this version. */
    Uni<List<UUID>> ofOtherVersions() {
        return sessions.withSession(session -> session.createQuery(
                        "select row.id from OutboxRow row where row.eventType not in :known", UUID.class)
                .setParameter("known", KNOWN)
                .setMaxResults(FEW)
                .getResultList());
    }

    /** Removes rows, unless another has taken the lease from {@code holder}. */
    Uni<Void> remove(List<UUID> sent, String holder) {
        var ids = sent.stream().map(id -> '"' + id.toString() + '"').collect(Collectors.joining(",", "[", "]"));
        return sessions.withSession(session -> NativeSql.text(session, REMOVE, ids, LEASE, holder))
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
