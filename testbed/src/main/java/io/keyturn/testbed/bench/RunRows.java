package io.keyturn.testbed.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;

import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;

/** The rows of rotation-service, and what PostgreSQL counts by itself: read past the service. */
record RunRows(PostgresServer postgres) {
    static final String DATABASE = ServiceJar.ROTATION.principal();

    /** From a run's claim to the commit of its end: the number of a claim is the microsecond it was made in. */
    Samples driven(Collection<String> runs) {
        var millis = new ArrayList<Double>();
        try (var connection = postgres.connect(DATABASE);
                var query = connection.prepareStatement(
                        "select extract(epoch from finished_at) * 1000 - epoch / 1000.0 from rotation where id = any (?)")) {
            query.setArray(1, connection.createArrayOf("text", runs.toArray()));
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    millis.add(rows.getDouble(1));
                }
            }
        } catch (SQLException e) {
            throw refused(e);
        }
        return new Samples(millis);
    }

    /** Runs whose id begins so and that are over, or not. */
    long count(String prefix, boolean over) {
        return number(
                DATABASE,
                "select count(*) from rotation where id like '" + prefix + "%' and (finished_at is not null) = "
                        + over);
    }

    /** Transactions that the service's database has committed. */
    long transactions() {
        return number("postgres", "select xact_commit from pg_stat_database where datname = '" + DATABASE + "'");
    }

    /** Logins that were let into a database. */
    long logins(String database) {
        return number("postgres", "select sessions from pg_stat_database where datname = '" + database + "'");
    }

    private long number(String database, String sql) {
        try (var connection = postgres.connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static IllegalStateException refused(SQLException e) {
        return new IllegalStateException("PostgreSQL refused a question: SQLSTATE " + e.getSQLState());
    }
}
