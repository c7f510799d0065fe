package io.keyturn.kit.lease;

import java.time.Duration;
import java.util.OptionalLong;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Leases in PostgreSQL, timed by the database's clock so that the clocks of instances do not matter. They save work that would be
 * done twice, and are not what makes it safe: a commit waits for no disk, so a database that crashes may forget the latest owner.
 */
@ApplicationScoped
public class Leases {
    private static final String ACQUIRE = """
            insert into lease (name, owner, epoch, expires)
            values (:name, :owner, 1, now() + cast(:millis || ' milliseconds' as interval))
            on conflict (name) do update
               set owner = :owner,
                   epoch = case when lease.owner = :owner then lease.epoch else lease.epoch + 1 end,
                   expires = now() + cast(:millis || ' milliseconds' as interval)
             where lease.owner = :owner or lease.expires < now()
            returning cast(epoch as text), set_config('synchronous_commit', 'off', true)
            """;

    private static final String RELEASE = """
            update lease set expires = now() where name = :name and owner = :owner
            returning name, set_config('synchronous_commit', 'off', true)
            """;

    private final Mutiny.SessionFactory sessions;

    Leases(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** Takes or extends the lease. The epoch if it is ours now, else empty; a new owner's epoch is higher than any that the database remembers. */
    public Uni<OptionalLong> acquire(String name, String owner, Duration validity) {
        return sessions.withSession(session -> session.createNativeQuery(ACQUIRE, Object[].class)
                        .setParameter("name", name)
                        .setParameter("owner", owner)
                        .setParameter("millis", String.valueOf(validity.toMillis()))
                        .getResultList())
                .map(rows -> rows.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(Long.parseLong((String) rows.getFirst()[0])));
    }

    /** Gives the lease up early, so that the next owner need not wait for it to expire. */
    public Uni<Void> release(String name, String owner) {
        return sessions.withSession(session -> session.createNativeQuery(RELEASE, Object[].class)
                        .setParameter("name", name)
                        .setParameter("owner", owner)
                        .getResultList())
                .replaceWithVoid();
    }
}
