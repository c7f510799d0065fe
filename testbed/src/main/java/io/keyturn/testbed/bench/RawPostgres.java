package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import io.keyturn.testbed.postgres.PostgresServer;
import org.postgresql.PGConnection;

/** What PostgreSQL alone can do: its share of a rotation, and rows into a table like the audit trail's. */
final class RawPostgres {
    private static final Duration LOAD = Duration.ofSeconds(3);
    private static final String AUDIT = "keyturn-audit";
    /** Of a state and a fact as they are in a run. */
    private static final int STATE_BYTES = 300;

    private static final int FACT_BYTES = 400;
    private static final int ROWS = 500;
    private static final int ROW_BYTES = 700;

    private final PostgresServer postgres;

    RawPostgres(PostgresServer postgres) {
        this.postgres = postgres;
    }

    /** {@code ALTER ROLE … PASSWORD} with a ready verifier, as Keyturn sends it, one transaction each. */
    RawLoad.Call passwords(int number) throws SQLException {
        var role = "bench_raw_" + number;
        var connection = postgres.connect("postgres");
        var statement = connection.createStatement();
        statement.execute("create role " + role + " login");
        return new RawLoad.Call() {
            @Override
            public void once() throws SQLException {
                statement.execute("alter role " + role + " password '" + verifier() + "'");
            }

            @Override
            public void close() throws SQLException {
                statement.execute("drop role " + role);
                connection.close();
            }
        };
    }

    /** A new connection as Keyturn's to a target: the certificate is verified, the password is told by SCRAM, one question is asked. */
    RawLoad.Call logins(int number) {
        var properties = new Properties();
        properties.setProperty("user", PostgresServer.SUPERUSER);
        properties.setProperty("password", postgres.superuserPassword());
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", postgres.certificateAuthority().toString());
        properties.setProperty("gssEncMode", "disable");
        return () -> {
            try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"), properties);
                    var statement = connection.createStatement()) {
                statement.execute("select 1");
            }
        };
    }

    /** A state of a run and a fact about it in one transaction, in empty copies of the tables with all their indexes. */
    RawLoad.Call states(int number) throws SQLException {
        var run = "bench_run_" + number;
        var facts = "bench_facts_" + number;
        var connection = postgres.connect(RunRows.DATABASE);
        try (var statement = connection.createStatement()) {
            statement.execute("create table " + run + " (like rotation including all)");
            statement.execute("create table " + facts + " (like outbox including all)");
            statement.execute("insert into " + run
                    + " select (jsonb_populate_record(r, '{\"finished_at\": null}')).* from rotation r limit 1");
        }
        connection.setAutoCommit(false);
        var state = connection.prepareStatement("update " + run + " set state = ?, state_since = clock_timestamp(),"
                + " due_at = clock_timestamp(), claimed_until = clock_timestamp() + interval '12 s', tries = 0");
        var fact = connection.prepareStatement(
                "insert into " + facts + " (id, event_type, payload, stated_at) values (?, 'bench', ?, now())");
        return new RawLoad.Call() {
            @Override
            public void once() throws SQLException {
                state.setString(1, "s".repeat(STATE_BYTES));
                state.executeUpdate();
                fact.setObject(1, UUID.randomUUID());
                fact.setString(2, "f".repeat(FACT_BYTES));
                fact.executeUpdate();
                connection.commit();
            }

            @Override
            public void close() throws SQLException {
                connection.close();
                postgres.execute(RunRows.DATABASE, "drop table " + run, "drop table " + facts);
            }
        };
    }

    private static String verifier() {
        return "SCRAM-SHA-256$4096:" + random(16) + "$" + random(32) + ":" + random(32);
    }

    static String random(int bytes) {
        var random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    /** COPY of {@value #ROWS} rows of about {@value #ROW_BYTES} bytes per transaction, with the audit table's indexes: rows per second. */
    double copiedRowsPerSecond() {
        postgres.execute(AUDIT, "create table bench_copy (like audit_entry including all)");
        try (var connection = postgres.connect(AUDIT)) {
            connection.setAutoCommit(false);
            var copies = connection.unwrap(PGConnection.class).getCopyAPI();
            long spent = 0;
            int rows = 0;
            while (spent < LOAD.toNanos()) {
                var text = rows(rows);
                long begin = System.nanoTime();
                copies.copyIn("copy bench_copy from stdin", new StringReader(text));
                connection.commit();
                spent += System.nanoTime() - begin;
                rows += ROWS;
            }
            return rows / (spent / 1e9);
        } catch (SQLException e) {
            throw new IllegalStateException("COPY was refused: SQLSTATE " + e.getSQLState());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            postgres.execute(AUDIT, "drop table bench_copy");
        }
    }

    private static String rows(int from) {
        var hash = "\\\\x" + "5a".repeat(32);
        var rows = new StringBuilder();
        for (int i = 1; i <= ROWS; i++) {
            int seq = from + i;
            var row = new StringBuilder(String.join(
                    "\t",
                    String.valueOf(seq),
                    UUID.randomUUID().toString(),
                    "/clusters/bench/keyturn-restart",
                    "io.keyturn.restart.workload-healthy.v1",
                    "keyturn.restarts.v1",
                    "1",
                    String.valueOf(seq),
                    "Secret",
                    "bench",
                    "name-" + seq % 50,
                    "\\N",
                    "2026-01-01T00:00:00.000001Z",
                    "2026-01-01T00:00:00.000001Z"));
            // In this form a hash takes two characters per byte.
            int payload = Math.max(1, ROW_BYTES - row.length() - 64);
            rows.append(row)
                    .append('\t')
                    .append("p".repeat(payload))
                    .append('\t')
                    .append(hash)
                    .append('\t')
                    .append(hash)
                    .append('\n');
        }
        return rows.toString();
    }
}
