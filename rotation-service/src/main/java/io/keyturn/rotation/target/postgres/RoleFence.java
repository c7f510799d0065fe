package io.keyturn.rotation.target.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

import io.keyturn.rotation.outcome.Fence;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The number of the claim on whose behalf roles are changed. The highest one stays in the role's comment, behind what people wrote
 * there, so that a process which was stopped for too long finds it when it goes on, and leaves the role alone.
 */
record RoleFence(long number) {
    private static final Pattern MARK = Pattern.compile("(?s)(?<text>.*?) ?\\[keyturn (?<number>[0-9]{1,18})]");

    /**
     * To be called in the transaction that changes the role: until its end nobody with another claim does. False if a later claim
     * was here before. A role that does not exist holds nothing.
     *
     * <p>Who is stopped while he holds the lock loses his transaction: others wait for a few seconds only.
     */
    boolean raise(Connection connection, String role) throws SQLException {
        lock(connection, role);
        try (var statement = connection.prepareStatement(
                "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = ?")) {
            statement.setString(1, role);
            try (var rows = statement.executeQuery()) {
                return !rows.next() || raise(connection, role, rows.getString(1));
            }
        }
    }

    private boolean raise(Connection connection, String role, @Nullable String comment) throws SQLException {
        var mark = MARK.matcher(comment == null ? "" : comment);
        boolean marked = mark.matches();
        long highest = marked ? Long.parseLong(mark.group("number")) : 0;
        boolean passed = Fence.isPassed(number, highest);
        if (highest != number && !passed) {
            var text = marked ? mark.group("text") : comment == null ? "" : comment;
            write(connection, role, text + (text.isEmpty() ? "" : " ") + "[keyturn " + number + "]");
        }
        return !passed;
    }

    /** Held to the end of the transaction. */
    private static void lock(Connection connection, String role) throws SQLException {
        try (var statement = connection.prepareStatement("""
                select set_config('lock_timeout', '5s', true), set_config('idle_in_transaction_session_timeout', '10s', true),
                       pg_advisory_xact_lock(hashtextextended('keyturn/' || ?, 0))
                """)) {
            statement.setString(1, role);
            statement.execute();
        }
    }

    private static void write(Connection connection, String role, String comment) throws SQLException {
        var driver = connection.unwrap(PGConnection.class);
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "comment on role " + driver.escapeIdentifier(role) + " is '" + driver.escapeLiteral(comment) + "'");
        }
    }
}
