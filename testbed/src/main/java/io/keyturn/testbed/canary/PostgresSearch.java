package io.keyturn.testbed.canary;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.testbed.postgres.PostgresServer;

/** Reads every row of every table as JSON text; bytes columns are hex in it. */
final class PostgresSearch {

    private static final String TABLES = """
            select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
            where schemaname <> 'information_schema' order by 1""";

    private PostgresSearch() {}

    static void search(PostgresServer postgres, SecretCanary.Look look) throws SQLException {
        List<String> databases;
        try (Connection connection = postgres.connect("postgres")) {
            databases = strings(connection, "select datname from pg_database where datallowconn order by 1");
        }
        for (String database : databases) {
            try (Connection connection = postgres.connect(database)) {
                for (String table : strings(connection, TABLES)) {
                    rows(connection, database, table, look);
                }
            }
        }
    }

    private static void rows(Connection connection, String database, String table, SecretCanary.Look look)
            throws SQLException {
        connection.setAutoCommit(false); // rows come in portions then, not all at once
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(500);
            try (ResultSet rows = statement.executeQuery("select row_to_json(t)::text from " + table + " t")) {
                while (rows.next()) {
                    String place = "PostgreSQL table " + database + ":" + table;
                    look.at("rows", place, rows.getString(1).getBytes(StandardCharsets.UTF_8));
                }
            }
        } finally {
            connection.rollback();
        }
    }

    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
