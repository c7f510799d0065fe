package io.keyturn.rotation.target.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import static java.util.Objects.requireNonNull;

/** The statements about roles. Identifiers are quoted by the driver's rule, values are parameters. */
record RoleStatements(PostgresPlan plan) {

    /** What is missing of the roles, and of the rights that a run will need beside ALTER ROLE; each lack once. */
    List<RotationReason> lacks(Connection connection, boolean seesStart, boolean terminates) throws SQLException {
        var lacks = new LinkedHashSet<RotationReason>();
        var owner = plan.owner();
        boolean owned = owner != null && exists(connection, owner);
        if (owner != null && !owned) {
            lacks.add(RotationReason.ROLE_MISSING);
        }
        for (var role : plan.roles()) {
            boolean there = exists(connection, role);
            boolean stranger = there && owned && !isMember(connection, role, requireNonNull(owner));
            if (!there && (!plan.create() || owner == null) || stranger) {
                lacks.add(RotationReason.ROLE_MISSING);
            }
            // Who is to be created is altered by who may alter the owner.
            var altered = there ? role : owned && plan.create() ? owner : null;
            if (altered != null && !mayAlter(connection, altered)) {
                lacks.add(RotationReason.ADMIN_REFUSED);
            }
        }
        boolean sees = !seesStart || hasRole(connection, "pg_read_all_stats");
        boolean ends = !terminates || hasRole(connection, "pg_signal_backend");
        if (!sees || !ends) {
            lacks.add(RotationReason.ADMIN_REFUSED);
        }
        return List.copyOf(lacks);
    }

    /** Creates a role where the plan says so; nobody can log in as it yet. True if it did. */
    boolean createIfMissing(Connection connection, String principal) throws SQLException {
        if (!plan.create() || plan.owner() == null || exists(connection, principal)) {
            return false;
        }
        var role = PostgresServer.quoted(connection, principal);
        var owner = PostgresServer.quoted(connection, plan.owner());
        execute(connection, "create role " + role + " nologin in role " + owner);
        execute(connection, "alter role " + role + " set role = " + owner);
        return true;
    }

    Outcome<Boolean> setPassword(Connection connection, Credential next) throws SQLException {
        silence(connection);
        var role = PostgresServer.quoted(connection, next.principal());
        // The driver computes the SCRAM verifier (RFC 5802), so the server never sees the password.
        var sent = next.secret().useChars(password -> {
            try {
                connection.unwrap(PGConnection.class).alterUserPassword(next.principal(), password, "scram-sha-256");
                return null;
            } catch (SQLException e) {
                return e;
            }
        });
        if (sent != null) {
            throw sent;
        }
        execute(connection, "alter role " + role + " login valid until 'infinity'");
        return Outcome.done();
    }

    /** Takes password and login away, if there is such a role. */
    Outcome<Boolean> close(Connection connection, String principal) throws SQLException {
        if (exists(connection, principal)) {
            silence(connection);
            execute(
                    connection,
                    "alter role " + PostgresServer.quoted(connection, principal) + " nologin password null");
        }
        return Outcome.done();
    }

    /** Ends the sessions of a role, as far as the admin may, and waits for each. To be called once its login is gone, or they come back. */
    Outcome<Boolean> terminate(Connection connection, String principal, @Nullable Duration olderThan)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                select pg_terminate_backend(pid, 1000) from pg_stat_activity
                 where (pg_has_role('pg_signal_backend', 'USAGE') or pg_has_role(usesysid, 'USAGE')) and usename = ?
                """ + older(olderThan))) {
            bind(statement, principal, olderThan);
            statement.execute();
        }
        return Outcome.done();
    }

    /**
     * How many sessions of a role are open.
     *
     * @param olderThan counts only those that began longer ago than this, all by the server's clock: it need not agree with ours.
     *     The session that asks is none of them, though a slow answer may make it look like one
     */
    int sessions(Connection connection, String principal, @Nullable Duration olderThan) throws SQLException {
        var sql = "select count(*) from pg_stat_activity where usename = ?" + older(olderThan);
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, principal, olderThan);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static String older(@Nullable Duration than) {
        return than == null
                ? ""
                : " and pid <> pg_backend_pid() and backend_start < clock_timestamp() - cast(? || ' microseconds' as interval)";
    }

    private static void bind(PreparedStatement statement, String principal, @Nullable Duration olderThan)
            throws SQLException {
        statement.setString(1, principal);
        if (olderThan != null) {
            statement.setString(2, String.valueOf(TimeUnit.NANOSECONDS.toMicros(olderThan.toNanos())));
        }
    }

    /** Keeps even the verifier out of the server's log, where the admin may say so. */
    private static void silence(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("""
                select set_config(name, value, true)
                  from (values ('log_statement', 'none'), ('log_min_error_statement', 'panic'),
                               ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'),
                               ('log_duration', 'off'), ('pg_stat_statements.track_utility', 'off')) s(name, value)
                 where has_parameter_privilege(name, 'SET')
                   and exists (select from pg_settings p where p.name = s.name)
                """)) {
            statement.execute();
        }
    }

    private static boolean exists(Connection connection, String role) throws SQLException {
        return answer(connection, "select exists (select from pg_roles where rolname = ?)", role);
    }

    private static boolean isMember(Connection connection, String role, String owner) throws SQLException {
        return answer(connection, "select pg_has_role(?, ?, 'MEMBER')", role, owner);
    }

    /** Since PostgreSQL 16 CREATEROLE alone is not enough: the role must have been granted WITH ADMIN OPTION. */
    private static boolean mayAlter(Connection connection, String role) throws SQLException {
        return answer(connection, """
                select rolsuper or rolcreaterole and (current_setting('server_version_num')::int < 160000
                                                      or pg_has_role(?, 'MEMBER WITH ADMIN OPTION'))
                  from pg_roles where rolname = current_user
                """, role);
    }

    private static boolean hasRole(Connection connection, String role) throws SQLException {
        return answer(connection, "select pg_has_role(?, 'USAGE')", role);
    }

    private static boolean answer(Connection connection, String sql, String... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
