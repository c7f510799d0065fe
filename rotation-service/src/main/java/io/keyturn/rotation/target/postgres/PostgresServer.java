package io.keyturn.rotation.target.postgres;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Connections to one server. SQL exceptions end here: their texts quote statements, so only the SQLSTATE is looked at. */
final class PostgresServer implements RoleServer {
    private static final String CONNECT_SECONDS = "5";
    private static final String SOCKET_SECONDS = "15";
    private static final String WRONG_PASSWORD = "28P01";

    private final PostgresPlan plan;
    private final Credential admin;
    private final AdminConnections waiting;
    private final RoleFence fence;
    private final RoleStatements roles;

    PostgresServer(PostgresPlan plan, Credential admin, AdminConnections waiting, RoleFence fence) {
        this.plan = plan;
        this.admin = admin;
        this.waiting = waiting;
        this.fence = fence;
        this.roles = new RoleStatements(plan);
    }

    @Override
    public Outcome<List<RotationReason>> lacks(boolean seesStart, boolean terminates) {
        return asAdmin(connection -> Outcome.done(roles.lacks(connection, seesStart, terminates)));
    }

    @Override
    public Outcome<Boolean> setPassword(Credential next) {
        AdminWork<Boolean> set = admin -> roles.setPassword(admin, next);
        // A role that is just created has no place for the number yet, but a name that others wait for.
        return asAdmin(connection -> fenced(
                connection,
                next.principal(),
                admin -> roles.createIfMissing(admin, next.principal())
                        ? fenced(admin, next.principal(), set)
                        : set.on(admin)));
    }

    @Override
    public Outcome<Boolean> fence(String principal) {
        return asAdmin(connection -> fenced(connection, principal, _ -> Outcome.done()));
    }

    @Override
    public Outcome<Boolean> closeLogin(String principal) {
        return asAdmin(connection -> fenced(connection, principal, admin -> roles.close(admin, principal)));
    }

    @Override
    public Outcome<Boolean> terminate(String principal, @Nullable Supplier<Duration> olderThan) {
        return asAdmin(connection -> fenced(
                connection,
                principal,
                admin -> roles.terminate(admin, principal, olderThan == null ? null : olderThan.get())));
    }

    @Override
    public Outcome<Integer> sessions(String principal, @Nullable Supplier<Duration> olderThan) {
        return asAdmin(connection ->
                Outcome.done(roles.sessions(connection, principal, olderThan == null ? null : olderThan.get())));
    }

    /** Work on an admin connection, in one transaction that is rolled back if the work fails. */
    interface AdminWork<T> {
        Outcome<T> on(Connection connection) throws SQLException;
    }

    private <T> Outcome<T> fenced(Connection connection, String role, AdminWork<T> work) throws SQLException {
        return fence.raise(connection, role) ? work.on(connection) : Outcome.unavailable(RotationReason.CONFLICT);
    }

    <T> Outcome<T> asAdmin(AdminWork<T> work) {
        try {
            var lent = waiting.take(plan, admin);
            var open = lent.isPresent() ? lent.get() : new AdminConnections.Lent(connect(admin));
            var outcome = inTransaction(work, open.connection());
            waiting.giveBack(plan, admin, open);
            return outcome;
        } catch (SQLException e) {
            return trouble(e);
        }
    }

    /** Leaves the connection open only if all went well: nothing of a transaction may wait for somebody else's. */
    private static <T> Outcome<T> inTransaction(AdminWork<T> work, Connection connection) throws SQLException {
        boolean wentWell = false;
        try {
            connection.setAutoCommit(false);
            var outcome = work.on(connection);
            connection.commit();
            wentWell = true;
            return outcome;
        } finally {
            if (!wentWell) {
                connection.close();
            }
        }
    }

    @Override
    public void leaveAs(String principal) {
        waiting.closeThoseOf(principal);
    }

    @Override
    public Login login(Credential credential) {
        try (var connection = connect(credential);
                var statement = connection.createStatement()) {
            statement.execute("select 1");
            return Login.ACCEPTED;
        } catch (SQLException e) {
            return switch (stateClass(e)) {
                case "28" -> WRONG_PASSWORD.equals(e.getSQLState()) ? Login.REFUSED : Login.LOCKED;
                case "3D", "42" -> Login.NOT_ADMITTED;
                default -> Login.UNKNOWN;
            };
        }
    }

    @Override
    public void close() {
        admin.close();
    }

    static String quoted(Connection connection, String identifier) throws SQLException {
        return connection.unwrap(PGConnection.class).escapeIdentifier(identifier);
    }

    private Connection connect(Credential credential) throws SQLException {
        // No role has an empty password. The driver does not even send it and would tell of a connection that failed.
        if (credential.secret().length() == 0) {
            throw new SQLException("The password is empty", WRONG_PASSWORD);
        }
        var properties = new Properties();
        properties.setProperty("user", credential.principal());
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", SOCKET_SECONDS);
        properties.setProperty("ApplicationName", "keyturn");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("sslmode", plan.tls().text());
        switch (plan.tls()) {
            case disable -> {}
            case require -> properties.setProperty("sslfactory", "org.postgresql.ssl.NonValidatingFactory");
            case verifyFull -> trust(properties);
        }
        // The driver takes a password as text only.
        return credential
                .secret()
                .useString(password -> {
                    properties.setProperty("password", password);
                    try {
                        return new Opened(DriverManager.getConnection(
                                "jdbc:postgresql://" + bracketed(plan.host()) + ":" + plan.port() + "/"
                                        + URLEncoder.encode(plan.database(), StandardCharsets.UTF_8),
                                properties));
                    } catch (SQLException e) {
                        return new Opened(e);
                    }
                })
                .get();
    }

    private void trust(Properties properties) {
        if (plan.caBundle() == null) {
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        } else {
            properties.setProperty("sslfactory", AuthoritiesFactory.class.getName());
            properties.setProperty("sslfactoryarg", plan.caBundle());
        }
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static <T> Outcome<T> trouble(SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (stateClass(e)) {
            case "28", "3D" -> Outcome.rejected(RotationReason.ADMIN_REFUSED);
            // Somebody changes the same role ("tuple concurrently updated" is an internal error), or holds its lock;
            // or we were stopped in the middle and lost the transaction, or met a standby on its way to be the primary.
            case "XX", "40", "55", "25" -> Outcome.unavailable(RotationReason.CONFLICT);
            // Connection lost, server starting or stopping, out of connections or disk.
            case "08", "53", "57", "58", "" -> Outcome.unavailable(RotationReason.TARGET_UNREACHABLE);
            // Somebody has just created the role that we were about to create.
            case "23" -> Outcome.unavailable(RotationReason.CONFLICT);
            case "42" ->
                switch (state) {
                    case "42710" -> Outcome.unavailable(RotationReason.CONFLICT);
                    case "42501" -> Outcome.rejected(RotationReason.ADMIN_REFUSED);
                    case "42704" -> Outcome.rejected(RotationReason.ROLE_MISSING);
                    default -> Outcome.rejected(RotationReason.TARGET_REFUSED);
                };
            default -> Outcome.rejected(RotationReason.TARGET_REFUSED);
        };
    }

    private static String stateClass(SQLException e) {
        var state = e.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }

    /** A connection, or why there is none: an exception cannot leave a lambda otherwise. */
    private record Opened(
            @Nullable Connection connection, @Nullable SQLException failure) {
        Opened(Connection connection) {
            this(connection, null);
        }

        Opened(SQLException failure) {
            this(null, failure);
        }

        Connection get() throws SQLException {
            if (connection == null) {
                throw failure == null ? new SQLException("no connection") : failure;
            }
            return connection;
        }
    }
}
