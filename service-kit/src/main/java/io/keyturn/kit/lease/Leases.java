package io.keyturn.kit.lease;

import java.time.Duration;
import java.util.OptionalLong;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.persistence.NativeSql;
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
            values ($1, $2, 1, now() + cast($3 || ' milliseconds' as interval))
            on conflict (name) do update
               set owner = $2,
                   epoch = case when lease.owner = $2 then lease.epoch else lease.epoch + 1 end,
                   expires = now() + cast($3 || ' milliseconds' as interval)
             where lease.owner = $2 or lease.expires < now()
            returning cast(epoch as text), set_config('synchronous_commit', 'off', true)
            """;

    private static final String RELEASE = """
            update lease set expires = now() where name = $1 and owner = $2
            returning name, set_config('synchronous_commit', 'off', true)
            """;

    private final Mutiny.SessionFactory sessions;

    Leases(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** Takes or extends the lease. The epoch if it is ours now, else empty; a new owner's epoch is higher than any that the database remembers. */
    public Uni<OptionalLong> acquire(String name, String owner, Duration validity) {
        return sessions.withSession(
                        session -> NativeSql.texts(session, ACQUIRE, name, owner, String.valueOf(validity.toMillis())))
                .map(rows -> rows.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(rows.getFirst())));
    }

    /** Gives the lease up early, so that the next owner need not wait for it to expire. */
    public Uni<Void> release(String name, String owner) {
        return sessions.withSession(session -> NativeSql.texts(session, RELEASE, name, owner))
                .replaceWithVoid();
    }
}
