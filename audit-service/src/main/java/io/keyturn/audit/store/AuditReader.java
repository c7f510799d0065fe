package io.keyturn.audit.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.agroal.api.AgroalDataSource;
import io.keyturn.audit.record.AuditEntry;
import io.keyturn.audit.record.ChainVerifier;
import io.keyturn.audit.record.Fact;
import io.keyturn.audit.record.Hash;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Streams the whole table through a verifier: one snapshot, one row in memory at a time. Blocks; call it from a virtual thread. */
@ApplicationScoped
public class AuditReader {
    private final AgroalDataSource database;

    AuditReader(AgroalDataSource database) {
        this.database = database;
    }

    /** Feeds entries in the order of their numbers until the verifier has seen enough. */
    public void feed(ChainVerifier verifier) throws SQLException {
        try (var connection = database.getConnection()) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(AuditColumns.COPY_OUT);
            var wanted = true;
            // Read to the end even if no more is wanted: a COPY that is cancelled leaves the pooled connection
            // unusable.
            for (byte @Nullable [] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                wanted = wanted && check(CopyText.parse(new String(row, StandardCharsets.UTF_8)), verifier);
            }
        }
    }

    private static boolean check(List<@Nullable String> values, ChainVerifier verifier) {
        if (values.size() != AuditColumns.COUNT) {
            throw new IllegalStateException("A row of audit_entry must have " + AuditColumns.COUNT + " columns");
        }
        AuditEntry entry;
        try {
            entry = entry(values);
        } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
            return verifier.unreadable(Long.parseLong(text(values, 0)));
        }
        return verifier.accept(entry);
    }

    private static AuditEntry entry(List<@Nullable String> values) {
        var fact = new Fact(
                UUID.fromString(text(values, 1)),
                text(values, 2),
                text(values, 3),
                new Fact.Place(text(values, 4), Integer.parseInt(text(values, 5)), Long.parseLong(text(values, 6))),
                new Fact.Subject(text(values, 7), text(values, 8), text(values, 9)),
                values.get(10),
                Instant.parse(text(values, 11)),
                text(values, 13));
        return new AuditEntry(
                Long.parseLong(text(values, 0)),
                fact,
                Instant.parse(text(values, 12)),
                new Hash(text(values, 14)),
                new Hash(text(values, 15)));
    }

    private static String text(List<@Nullable String> values, int column) {
        return Objects.requireNonNull(values.get(column));
    }
}
