package io.keyturn.rotation.target.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.keyturn.contract.resource.PostgresTarget.TlsMode;
import io.keyturn.rotation.credential.Credential;
import io.quarkus.runtime.ShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Admin connections that wait a moment for the next piece of work: a login costs more than what is done with it. Only admin work
 * uses them; a login that is to prove something is always made anew. One waits for at most ten seconds and lives for at most a
 * minute, eight wait per database and credential, and one whose work failed is closed.
 */
@ApplicationScoped
class AdminConnections {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(1);
    private static final Duration TRUSTED = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 8;
    private static final int VALIDATION_SECONDS = 2;

    private final List<Waiting> waiting = new ArrayList<>();
    private boolean tended;

    /** Where a connection leads; never to be mixed with another, however much of it is the same. */
    private record Place(
            String host,
            int port,
            String database,
            TlsMode tls,
            @Nullable String caBundle) {
        static Place of(PostgresPlan plan) {
            return new Place(plan.host(), plan.port(), plan.database(), plan.tls(), plan.caBundle());
        }
    }

    /** An open connection, and when it was opened by {@link System#nanoTime}. */
    record Lent(Connection connection, long openedAt) {
        Lent(Connection connection) {
            this(connection, System.nanoTime());
        }
    }

    /** One that waits, with a copy of the credential it was opened with: a new password is a new connection. */
    private record Waiting(Place place, Credential admin, Lent lent, long since) implements AutoCloseable {
        boolean isFor(Place wanted, Credential credential) {
            return place.equals(wanted) && admin.sameAs(credential);
        }

        boolean isOver(long now) {
            return now - since > LONGEST_WAIT.toNanos() || now - lent.openedAt() > LONGEST_LIFE.toNanos();
        }

        @Override
        public void close() {
            admin.close();
            quietly(lent.connection());
        }
    }

    /** One that waits for this database and credential and still answers; empty if a new one must be opened. */
    Optional<Lent> take(PostgresPlan plan, Credential admin) {
        while (true) {
            var found = find(Place.of(plan), admin);
            if (found == null) {
                return Optional.empty();
            }
            long now = System.nanoTime();
            if (!found.isOver(now)
                    && (now - found.since() < TRUSTED.toNanos()
                            || answers(found.lent().connection()))) {
                found.admin().close();
                return Optional.of(found.lent());
            }
            found.close();
        }
    }

    private synchronized @Nullable Waiting find(Place place, Credential admin) {
        // The one that came last: those before it grow old and are closed.
        for (int i = waiting.size() - 1; i >= 0; i--) {
            if (waiting.get(i).isFor(place, admin)) {
                return waiting.remove(i);
            }
        }
        return null;
    }

    /** Takes a connection back whose work has gone well; it belongs to this class from now on. */
    void giveBack(PostgresPlan plan, Credential admin, Lent lent) {
        if (!keep(new Waiting(Place.of(plan), copy(admin), lent, System.nanoTime()))) {
            quietly(lent.connection());
        }
    }

    private synchronized boolean keep(Waiting one) {
        long alike =
                waiting.stream().filter(w -> w.isFor(one.place(), one.admin())).count();
        if (alike >= MOST_WAITING || one.isOver(System.nanoTime())) {
            one.admin().close();
            return false;
        }
        waiting.add(one);
        if (!tended) {
            tended = true;
            Thread.ofVirtual().name("admin-connections").start(this::tend);
        }
        return true;
    }

    /** Closes those that wait as this principal: they are nobody's use of its credential. */
    void closeThoseOf(String principal) {
        close(one -> one.admin().principal().equals(principal));
    }

    /** Closes what has waited too long, until nothing waits. */
    private void tend() {
        try {
            do {
                Thread.sleep(LONGEST_WAIT.dividedBy(2));
                long now = System.nanoTime();
                close(one -> one.isOver(now));
            } while (someWait());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean someWait() {
        tended = !waiting.isEmpty();
        return tended;
    }

    private void close(Predicate<Waiting> which) {
        List<Waiting> chosen;
        synchronized (this) {
            chosen = waiting.stream().filter(which).toList();
            waiting.removeAll(chosen);
        }
        chosen.forEach(Waiting::close);
    }

    void stop(@Observes ShutdownEvent event) {
        close(_ -> true);
    }

    private static Credential copy(Credential credential) {
        return credential.copy();
    }

    private static boolean answers(Connection connection) {
        try {
            return connection.isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void quietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is given up either way.
        }
    }
}
