package io.keyturn.audit.store;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.agroal.api.AgroalDataSource;
import io.keyturn.audit.record.AuditEntry;
import io.keyturn.audit.record.Canonical;
import io.keyturn.audit.record.ChainHead;
import io.keyturn.audit.record.Fact;
import io.keyturn.audit.record.Hash;
import io.keyturn.audit.record.HashChain;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Appends to the chain. Several instances may run: a transaction-wide advisory lock lets one append at a time, so the chain
 * never forks and numbers become visible in order. Blocks; call it from a virtual thread.
 */
@ApplicationScoped
public class AuditWriter {
    /** "keyturn" in ASCII; any fixed number that nothing else in this database uses would do. */
    private static final long CHAIN_LOCK = 0x6b65797475726eL;

    private static final int COPY_CHUNK_BYTES = 1 << 20;

    /**
     * Three statements in one round trip; the last one sees what was committed before the lock was had. A writer that froze or lost
     * its network must not hold the lock for long; neither may a wait be endless.
     */
    private static final String LOCKED_HEAD = """
            select set_config('lock_timeout', '10s', true),
                   set_config('statement_timeout', '60s', true),
                   set_config('idle_in_transaction_session_timeout', '30s', true);
            select pg_advisory_xact_lock(%d);
            select seq, encode(hash, 'hex') from audit_entry order by seq desc limit 1
            """.formatted(CHAIN_LOCK);

    private static final String UNIQUE_VIOLATION = "23505";

    /** Lateral with a limit, so that it is one index probe per event even before the table has statistics: a join may scan it all. */
    private static final String KNOWN = """
            select asked.topic, asked.source, asked.event_id
              from unnest(?::text[], ?::text[], ?::uuid[]) as asked (topic, source, event_id)
             cross join lateral (
                   select from audit_entry known
                    where known.topic = asked.topic and known.source = asked.source and known.event_id = asked.event_id
                    limit 1) as found
            """;

    private final AgroalDataSource database;
    private final Clock clock;

    /**
     * What an append did.
     *
     * @param entries the facts that were new, in order
     * @param duplicates how many were on record already, or twice in the batch
     */
    public record Appended(List<AuditEntry> entries, int duplicates) {}

    AuditWriter(AgroalDataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Appends what is new, in this order, in one transaction. After a failure the same facts may be given again: none is recorded
     * twice. That some are on record already is rare, and the unique index finds it, so only then are they looked for.
     */
    public Appended append(List<Fact> facts) throws SQLException {
        var unseen = new LinkedHashMap<Fact.Identity, Fact>();
        facts.forEach(fact -> unseen.putIfAbsent(fact.identity(), fact));
        try {
            return append(facts.size(), unseen, false);
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            return append(facts.size(), unseen, true);
        }
    }

    private Appended append(int given, Map<Fact.Identity, Fact> unseen, boolean withoutKnown) throws SQLException {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var head = lockedHead(connection);
                if (withoutKnown) {
                    unseen.keySet().removeAll(known(connection, unseen.keySet()));
                }
                var recordedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
                var entries = HashChain.extend(head, List.copyOf(unseen.values()), recordedAt);
                copy(connection, entries);
                connection.commit();
                return new Appended(entries, given - entries.size());
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static ChainHead lockedHead(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(LOCKED_HEAD);
            statement.getMoreResults();
            statement.getMoreResults();
            try (var row = statement.getResultSet()) {
                return row.next() ? new ChainHead(row.getLong(1), new Hash(row.getString(2))) : ChainHead.EMPTY;
            }
        }
    }

    private static Set<Fact.Identity> known(Connection connection, Set<Fact.Identity> asked) throws SQLException {
        try (var statement = connection.prepareStatement(KNOWN)) {
            array(statement, 1, "text", asked, Fact.Identity::topic);
            array(statement, 2, "text", asked, Fact.Identity::source);
            array(statement, 3, "uuid", asked, Fact.Identity::eventId);
            var known = new HashSet<Fact.Identity>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.add(new Fact.Identity(rows.getString(1), rows.getString(2), rows.getObject(3, UUID.class)));
                }
            }
            return known;
        }
    }

    private static void array(
            PreparedStatement statement,
            int index,
            String type,
            Set<Fact.Identity> asked,
            Function<Fact.Identity, Object> part)
            throws SQLException {
        var values = asked.stream().map(part).toArray();
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }

    /** In chunks, so that a batch of the largest events does not stand in memory twice. */
    private static void copy(Connection connection, List<AuditEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        var text = new CopyText();
        var recordedAt = Canonical.time(entries.getFirst().recordedAt());
        for (var entry : entries) {
            write(text, entry, recordedAt);
            if (text.length() > COPY_CHUNK_BYTES) {
                copy(copies, text.take());
            }
        }
        if (text.length() > 0) {
            copy(copies, text.take());
        }
    }

    private static void copy(CopyManager copies, InputStream rows) throws SQLException {
        try {
            copies.copyIn(AuditColumns.COPY_IN, rows);
        } catch (IOException e) {
            throw new IllegalStateException("Bytes in memory can be read", e);
        }
    }

    private static void write(CopyText text, AuditEntry entry, String recordedAt) {
        var fact = entry.fact();
        text.add(entry.seq())
                .add(fact.eventId())
                .add(fact.source())
                .add(fact.type())
                .add(fact.place().topic())
                .add(fact.place().partition())
                .add(fact.place().offset())
                .add(fact.subject().kind())
                .add(fact.subject().namespace())
                .add(fact.subject().name())
                .add(fact.rotation())
                .add(Canonical.time(fact.time()))
                .add(recordedAt)
                .add(fact.payload())
                .add("\\x" + entry.previous())
                .add("\\x" + entry.hash())
                .endRow();
    }
}
