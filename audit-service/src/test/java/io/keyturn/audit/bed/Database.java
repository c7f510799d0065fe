package io.keyturn.audit.bed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;

import org.eclipse.microprofile.config.ConfigProvider;

/** The database of the record as its three users see it. */
public final class Database {
    private Database() {}

    public static Connection asService() throws SQLException {
        return connect(config("quarkus.datasource.username"), config("quarkus.datasource.password"));
    }

    public static Connection asOwner() throws SQLException {
        return connect(config("quarkus.flyway.username"), config("quarkus.flyway.password"));
    }

    public static Connection asSuperuser() throws SQLException {
        return connect("postgres", config("bed.postgres.superuser-password"));
    }

    /** Runs statements as a superuser who has switched the triggers off. */
    public static void tamper(String... statements) {
        try (var connection = asSuperuser();
                var statement = connection.createStatement()) {
            statement.execute("alter table audit_entry disable trigger all");
            for (var sql : statements) {
                statement.execute(sql);
            }
            statement.execute("alter table audit_entry enable always trigger audit_entry_no_change");
            statement.execute("alter table audit_entry enable always trigger audit_entry_no_truncate");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many entries have this event id. */
    public static long entries(UUID eventId) {
        return number("select count(*) from audit_entry where event_id = '" + eventId + "'");
    }

    /** The number that the query answers; statements before the query are carried out. */
    public static long number(String sql) {
        try (var connection = asSuperuser();
                var statement = connection.createStatement()) {
            var isResult = statement.execute(sql);
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            var row = statement.getResultSet();
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(config("quarkus.datasource.jdbc.url"), user, password);
    }

    private static String config(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }
}
