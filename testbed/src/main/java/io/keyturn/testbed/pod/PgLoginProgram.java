package io.keyturn.testbed.pod;

import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * An application that logs in to PostgreSQL, with a new connection each time, {@code LOGINS_PER_SECOND} times a second
 * (5 unless said otherwise).
 *
 * <p>It takes its credential once, when it starts, as most applications do; with {@code RELOAD=true} it looks again before every
 * login. Ready after the first login that works, unready after three in a row that do not. A credential that cannot even be
 * read makes it crash.
 */
final class PgLoginProgram implements PodProgram {
    private static final int FAILURES_UNTIL_UNREADY = 3;
    /** Not a SQLSTATE of PostgreSQL: the server gave none. */
    private static final String NO_STATE = "XXXXX";

    private final Function<Sandbox, PostgresUrl> settings;

    PgLoginProgram(Function<Sandbox, PostgresUrl> settings) {
        this.settings = settings;
    }

    /** {@code DATABASE_URL}, else libpq's own variables. */
    static PostgresUrl fromEnvironment(Sandbox sandbox) {
        var url = sandbox.env().get("DATABASE_URL");
        return url == null ? PostgresUrl.ofVariables(sandbox.env()) : PostgresUrl.parse(url);
    }

    /** The file that {@code DATABASE_URL_FILE} names, else the mounted file called {@code DATABASE_URL}. */
    static PostgresUrl fromFile(Sandbox sandbox) {
        var files = sandbox.files();
        var path = sandbox.env().get("DATABASE_URL_FILE");
        return files.read(path == null ? files.find("DATABASE_URL").orElse("") : path)
                .map(bytes -> PostgresUrl.parse(new String(bytes, StandardCharsets.UTF_8)))
                .orElseThrow(() -> new IllegalStateException("No file DATABASE_URL is mounted"));
    }

    @Override
    public void run(Sandbox sandbox) {
        var perSecond = Integer.parseInt(sandbox.env().getOrDefault("LOGINS_PER_SECOND", "5"));
        boolean reload = Boolean.parseBoolean(sandbox.env().get("RELOAD"));
        var period = Duration.ofSeconds(1).dividedBy(perSecond);
        Duration rest;
        var url = settings.apply(sandbox);
        int failures = 0;
        do {
            var begin = System.nanoTime();
            if (reload) {
                url = settings.apply(sandbox);
            }
            var sqlState = login(url, sandbox.pod());
            sandbox.login(url.user(), sqlState);
            failures = sqlState == null ? 0 : failures + 1;
            if (failures == 0) {
                sandbox.ready(true);
            } else if (failures >= FAILURES_UNTIL_UNREADY) {
                sandbox.ready(false);
            }
            rest = period.minusNanos(System.nanoTime() - begin);
        } while (!sandbox.stopsWithin(rest.isNegative() ? Duration.ZERO : rest));
    }

    /** Null when it worked, else the SQLSTATE: the message might repeat what was sent. */
    private static @Nullable String login(PostgresUrl url, String pod) {
        var properties = new Properties();
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("socketTimeout", "5");
        properties.setProperty("ApplicationName", pod);
        url.properties().forEach(properties::put);
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), properties);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select current_user")) {
            return rows.next() ? null : NO_STATE;
        } catch (SQLException e) {
            return Objects.requireNonNullElse(e.getSQLState(), NO_STATE);
        }
    }
}
