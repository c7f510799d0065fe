package io.keyturn.rotation.target.postgres;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Admin work shares connections, as far as nobody is harmed by it; proofs never do. */
@SuppressWarnings("NullAway.Init") // set before each test
class AdminConnectionsIT {
    private static final String ADMIN_VALUE = "admin-value";

    private final AdminConnections connections = new AdminConnections();
    private PostgresPlan plan;
    private String admin;

    @BeforeEach
    void roles() {
        var prefix = Servers.prefix();
        Servers.roles(Servers.server(), prefix);
        Servers.createRoleAdmin(Servers.server(), prefix, "pg_signal_backend", "pg_read_all_stats", "\"$_a\"")
                .close();
        admin = prefix + "_admin";
        plan = Servers.single(Servers.server().host(), Servers.server().port(), prefix);
    }

    @Test
    void nextWorkOfTheSameCredentialUsesTheSameConnection() {
        int first = backend(ADMIN_VALUE);

        assertThat(backend(ADMIN_VALUE)).isEqualTo(first);
        assertThat(sessions()).isEqualTo(1);
    }

    @Test
    void anotherPasswordIsAnotherLogin() {
        backend(ADMIN_VALUE);

        try (var server = server("not-the-value")) {
            assertThat(server.asAdmin(_ -> Outcome.done())).isEqualTo(Outcome.rejected(RotationReason.ADMIN_REFUSED));
        }
    }

    @Test
    void anotherDatabaseIsAnotherConnection() {
        int first = backend(ADMIN_VALUE);
        plan = Servers.database(plan, "postgres");

        assertThat(backend(ADMIN_VALUE)).isNotEqualTo(first);
    }

    @Test
    void connectionWhoseWorkFailedIsClosed() {
        try (var server = server(ADMIN_VALUE)) {
            var failed = server.asAdmin(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute("select 1/0");
                }
                return Outcome.done();
            });

            assertThat(failed).isEqualTo(Outcome.rejected(RotationReason.TARGET_REFUSED));
        }
        org.awaitility.Awaitility.await().until(() -> sessions() == 0);
    }

    @Test
    void connectionThatTheServerEndedIsNoticedWithinTheNextTries() {
        int first = backend(ADMIN_VALUE);
        Servers.server().execute("postgres", "select pg_terminate_backend(" + first + ")");

        // The first try may meet the dead connection; none after that does.
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(ask(ADMIN_VALUE))
                        .isInstanceOfSatisfying(
                                Outcome.Done.class,
                                done -> assertThat(done.value()).isNotEqualTo(first)));
    }

    @Test
    void ownWaitingConnectionIsNobodysUseOfTheCredential() {
        backend(ADMIN_VALUE);
        var self = Servers.role(plan, admin);

        try (var target = new PostgresTargetRoles(self, false, server(ADMIN_VALUE), InstantSource.system());
                var previous = new Credential(admin, SecretValue.copyOf(ADMIN_VALUE))) {
            // The server may take a moment to see that it was closed.
            org.awaitility.Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(target.unused(previous, Instant.now())).isEqualTo(Outcome.done()));
        }
    }

    @Test
    void loginThatProvesSomethingIsNeverShared() {
        backend(ADMIN_VALUE);
        Servers.server().execute("postgres", "alter role \"" + admin + "\" nologin");

        try (var server = server(ADMIN_VALUE);
                var credential = new Credential(admin, SecretValue.copyOf(ADMIN_VALUE))) {
            assertThat(server.login(credential)).isEqualTo(Login.LOCKED);
        }
    }

    private PostgresServer server(String password) {
        return new PostgresServer(
                plan, new Credential(admin, SecretValue.copyOf(password)), connections, new RoleFence(1));
    }

    /** The server's number of the connection that admin work gets. */
    private int backend(String password) {
        return ((Outcome.Done<Integer>) ask(password)).value();
    }

    private Outcome<Integer> ask(String password) {
        try (var server = server(password)) {
            return server.asAdmin(connection -> {
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("select pg_backend_pid()")) {
                    rows.next();
                    return Outcome.done(rows.getInt(1));
                }
            });
        }
    }

    private int sessions() {
        try (var connection = Servers.server().connect("postgres");
                var statement =
                        connection.prepareStatement("select count(*) from pg_stat_activity where usename = ?")) {
            statement.setString(1, admin);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
