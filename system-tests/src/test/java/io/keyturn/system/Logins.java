package io.keyturn.system;

import java.net.URI;
import java.sql.SQLException;

import io.keyturn.testbed.postgres.PostgresServer;

/** Logins from outside, with a URL as applications read it. */
final class Logins {
    private Logins() {}

    /** Whether the server refuses the credential in the URL; any other trouble is an error of the test. */
    static boolean refused(PostgresServer postgres, String url) {
        var parts = URI.create(url);
        var user = parts.getUserInfo().split(":", 2);
        try (var _ = postgres.connect(parts.getPath().substring(1), user[0], user[1])) {
            return false;
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
                return true;
            }
            throw new AssertionError("Login failed otherwise: SQLSTATE " + e.getSQLState());
        }
    }
}
