package io.keyturn.testbed.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresServerIT {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(
                PostgresServer.Options.plain().withTlsRequired().withStatementLog());
        server.createDatabase("orders", "orders_a", "right-password");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void wrongPasswordIsRefused() throws SQLException {
        try (Connection connection = server.connect("orders", "orders_a", "right-password")) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThatThrownBy(() -> server.connect("orders", "orders_a", "wrong-password"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void passwordIsStoredAsScramVerifier() throws SQLException {
        assertThat(one("select rolpassword from pg_authid where rolname = 'orders_a'"))
                .startsWith("SCRAM-SHA-256$");
    }

    @Test
    void certificateIsVerifiedInFull() throws SQLException {
        String verified = "?sslmode=verify-full&sslrootcert=" + server.certificateAuthority();
        try (Connection connection =
                DriverManager.getConnection(server.jdbcUrl("orders") + verified, "orders_a", "right-password")) {
            assertThat(one(connection, "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()"))
                    .isEqualTo("true");
        }
        assertThatThrownBy(() -> DriverManager.getConnection(
                        server.jdbcUrl("orders") + "?sslmode=disable", "orders_a", "right-password"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void statementsAreInTheLog() throws IOException {
        server.execute("orders", "select 'a statement to be found'");

        assertThat(Files.readString(server.log())).contains("a statement to be found");
    }

    @Test
    void dataSurvivesCleanImmediateAndSuddenEnds() throws SQLException {
        server.execute("orders", "create table kept (id int)", "insert into kept values (1)");
        int port = server.port();

        server.stop();
        assertThatThrownBy(() -> server.connect("orders")).isInstanceOf(SQLException.class);
        server.resume();
        server.execute("orders", "insert into kept values (2)");
        server.stopImmediately();
        server.resume();
        server.execute("orders", "insert into kept values (3)");
        server.kill();
        server.resume();

        assertThat(one("select count(*)::text from kept")).isEqualTo("3");
        assertThat(server.port()).isEqualTo(port);
    }

    private static String one(String query) throws SQLException {
        try (Connection connection = server.connect("orders")) {
            return one(connection, query);
        }
    }

    private static String one(Connection connection, String query) throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
