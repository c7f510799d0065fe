package io.keyturn.testbed.pod;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A libpq connection URI ({@code postgresql://user:password@host:port/database?sslmode=…}, percent-encoded) in the form
 * pgjdbc wants. No complaint of it repeats the text, which holds a password.
 *
 * @param jdbcUrl without user and password
 * @param properties user, password and what the URI's parameters say
 */
record PostgresUrl(String jdbcUrl, Properties properties) {
    private static final Pattern FORM = Pattern.compile(
            "postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<host>[^/?]*)(?:/(?<database>[^?]*))?(?:\\?(?<parameters>.*))?");

    /** libpq's name of a parameter and pgjdbc's. What is not here says nothing about who logs in, and is passed over. */
    private static final Map<String, String> PARAMETERS = Map.of(
            "sslmode", "sslmode",
            "sslrootcert", "sslrootcert",
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "options", "options",
            "user", "user",
            "password", "password");

    static PostgresUrl parse(String text) {
        var uri = FORM.matcher(text.strip());
        if (!uri.matches()) {
            throw new IllegalArgumentException("Not a connection URI of PostgreSQL");
        }
        var properties = new Properties();
        put(properties, "user", uri.group("user"));
        put(properties, "password", uri.group("password"));
        if (uri.group("parameters") != null) {
            for (var parameter : uri.group("parameters").split("&")) {
                var pair = parameter.split("=", 2);
                var name = PARAMETERS.get(decode(pair[0]));
                if (name != null && pair.length == 2) {
                    put(properties, name, pair[1]);
                }
            }
        }
        var host = decode(uri.group("host"));
        var database = uri.group("database");
        // libpq: no database means the one named like the user. The name goes into the path of pgjdbc's URL, still
        // encoded.
        var path = database == null || database.isEmpty() ? encodedUser(properties) : database;
        return new PostgresUrl("jdbc:postgresql://" + (host.isEmpty() ? "localhost" : host) + "/" + path, properties);
    }

    /** From libpq's environment variables ({@code PGHOST}, {@code PGPORT}, {@code PGUSER}, {@code PGPASSWORD}, {@code PGDATABASE}). */
    static PostgresUrl ofVariables(Map<String, String> env) {
        var properties = new Properties();
        put(properties, "user", encode(env.getOrDefault("PGUSER", "")));
        put(properties, "password", encode(env.getOrDefault("PGPASSWORD", "")));
        put(properties, "sslmode", env.get("PGSSLMODE"));
        var host = env.getOrDefault("PGHOST", "localhost") + ":" + env.getOrDefault("PGPORT", "5432");
        var database = env.containsKey("PGDATABASE") ? encode(env.get("PGDATABASE")) : encodedUser(properties);
        return new PostgresUrl("jdbc:postgresql://" + host + "/" + database, properties);
    }

    String user() {
        return properties.getProperty("user", "");
    }

    /** The address alone: who logs in, and with what, stays hidden. */
    @Override
    public String toString() {
        return jdbcUrl;
    }

    private static void put(Properties properties, String name, @org.jspecify.annotations.Nullable String encoded) {
        if (encoded != null && !encoded.isEmpty()) {
            properties.setProperty(name, decode(encoded));
        }
    }

    private static String encodedUser(Properties properties) {
        return encode(properties.getProperty("user", ""));
    }

    /** Percent signs only: a plus is a plus here, not a space. */
    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Not a connection URI of PostgreSQL: a percent sign without its two digits");
        }
    }

    private static String encode(String text) {
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
