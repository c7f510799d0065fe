package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.testbed.postgres.PostgresServer;
import org.postgresql.PGConnection;

/** What PostgreSQL alone can do: new passwords, and rows into a table like the audit trail's. */
final class RawPostgres {
    private static final Duration LOAD = Duration.ofSeconds(3);
    private static final String AUDIT = "keyturn-audit";
    private static final int ROWS = 500;
    private static final int ROW_BYTES = 700;

    private final PostgresServer postgres;

    RawPostgres(PostgresServer postgres) {
        this.postgres = postgres;
    }

    /** {@code ALTER ROLE … PASSWORD} with a ready verifier, as Keyturn sends it, one transaction each: per second. */
    double passwordsPerSecond(int connections) {
        var done = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        long begin = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            var role = "bench_raw_" + connections + "_" + i;
            threads.add(Thread.ofVirtual().start(() -> change(role, begin + LOAD.toNanos(), done)));
        }
        threads.forEach(RawKubernetes::join);
        return done.get() / ((System.nanoTime() - begin) / 1e9);
    }

    private void change(String role, long end, AtomicInteger done) {
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create role " + role + " login");
            while (System.nanoTime() - end < 0) {
                statement.execute("alter role " + role + " password '" + verifier() + "'");
                done.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("A role could not be changed: SQLSTATE " + e.getSQLState());
        }
    }

    private static String verifier() {
        return "SCRAM-SHA-256$4096:" + random(16) + "$" + random(32) + ":" + random(32);
    }

    private static String random(int bytes) {
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
