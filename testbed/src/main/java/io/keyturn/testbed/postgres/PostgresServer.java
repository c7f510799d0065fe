package io.keyturn.testbed.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.tls.ServerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL on the loopback address. Every login needs a password (SCRAM-SHA-256), the superuser's is random, there is
 * no Unix socket. It can be stopped, killed and started again on the same port and data; {@link #close} deletes the data.
 */
public final class PostgresServer implements AutoCloseable {

    /** Name of the superuser. */
    public static final String SUPERUSER = "postgres";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "postgres-" + NUMBER.incrementAndGet();
    private final int port = FreePort.next();
    private final String password = RandomText.ofLength(32);
    private final Path folder = Scratch.folder(name);
    private final Options options;
    private final @Nullable ServerCertificate certificate;
    private @Nullable Child server;

    /**
     * What differs between servers.
     *
     * @param tls whether TLS is on, with a certificate of a throw-away authority
     * @param requireTls whether a connection without TLS is refused
     * @param logStatements whether the log shows every statement
     * @param settings further lines of postgresql.conf
     */
    public record Options(boolean tls, boolean requireTls, boolean logStatements, Map<String, String> settings) {

        /** No TLS, no statement log. */
        public static Options plain() {
            return new Options(false, false, false, Map.of());
        }

        /** The same with TLS offered. */
        public Options withTls() {
            return new Options(true, requireTls, logStatements, settings);
        }

        /** The same with TLS demanded. */
        public Options withTlsRequired() {
            return new Options(true, true, logStatements, settings);
        }

        /** The same with every statement in the log. */
        public Options withStatementLog() {
            return new Options(tls, requireTls, true, settings);
        }
    }

    private PostgresServer(Options options) {
        this.options = options;
        try {
            this.certificate = options.tls() ? ServerCertificate.create(folder) : null;
            initialise();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server without TLS and waits until it answers. */
    public static PostgresServer start() {
        return start(Options.plain());
    }

    /** Starts a server and waits until it answers. */
    public static PostgresServer start(Options options) {
        PostgresServer server = new PostgresServer(options);
        server.resume();
        return server;
    }

    /** Host name for clients. */
    public String host() {
        return "localhost";
    }

    /** TCP port, the same after a restart. */
    public int port() {
        return port;
    }

    /** The superuser's password. */
    public String superuserPassword() {
        return password;
    }

    /** JDBC URL of a database, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
    }

    /** A new connection as superuser. */
    public Connection connect(String database) throws SQLException {
        return connect(database, SUPERUSER, password);
    }

    /** A new connection as that user. */
    public Connection connect(String database, String user, String secret) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", secret);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "10");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Runs statements as superuser, each by itself. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL refused a statement: SQLSTATE " + e.getSQLState(), e);
        }
    }

    /** Creates a database that a new login role owns. */
    public void createDatabase(String database, String owner, String ownerPassword) {
        execute(
                "postgres",
                "CREATE ROLE \"" + owner + "\" LOGIN PASSWORD '" + ownerPassword.replace("'", "''") + "'",
                "CREATE DATABASE \"" + database + "\" OWNER \"" + owner + "\"");
    }

    /** Where the data lies. */
    public Path dataDirectory() {
        return folder.resolve("data");
    }

    /** The server's log. */
    public Path log() {
        return RunFolder.log(name);
    }

    /** The authority that signed the server's certificate, PEM; only with TLS. */
    public Path certificateAuthority() {
        return Objects.requireNonNull(certificate, "started without TLS").authority();
    }

    /** The same as a quoted string, as YAML and JSON have it. */
    public String quotedCertificateAuthority() {
        try {
            return "\"" + Files.readString(certificateAuthority()).strip().replace("\n", "\\n") + "\\n\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again on the same port and data. */
    public void resume() {
        server =
                Child.start(name, unprivileged("postgres", "-D", dataDirectory().toString()), Map.of());
        server.await(Duration.ofSeconds(30), this::answers);
    }

    /** Stops it cleanly, ending open sessions. */
    public void stop() {
        end("INT");
    }

    /** Stops it at once without a checkpoint; the next start recovers from the log. */
    public void stopImmediately() {
        end("QUIT");
    }

    /** Kills it (SIGKILL). */
    public void kill() {
        Child killed = Objects.requireNonNull(server);
        List<ProcessHandle> sessions = ProcessHandle.of(killed.pid()).stream()
                .flatMap(ProcessHandle::children)
                .toList();
        killed.kill();
        // The sessions notice by themselves and leave; the server cannot start again before they have.
        sessions.forEach(session -> session.onExit().join());
    }

    /** Freezes the server's main process (no new session is accepted) until {@link #unfreeze}. */
    public void freeze() {
        Objects.requireNonNull(server).signal("STOP");
    }

    /** Ends {@link #freeze}. */
    public void unfreeze() {
        Objects.requireNonNull(server).signal("CONT");
    }

    @Override
    public void close() {
        if (server != null && server.isAlive()) {
            stopImmediately();
        }
        Scratch.delete(folder);
    }

    private void end(String signal) {
        Child running = Objects.requireNonNull(server);
        running.signal(signal);
        running.awaitEnd(Duration.ofSeconds(20));
    }

    private boolean answers() {
        if (!FreePort.answers(port)) {
            return false;
        }
        try (Connection connection = connect("postgres")) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private void initialise() throws IOException {
        Path passwordFile = Files.writeString(folder.resolve("superuser"), password);
        List<String> initdb = unprivileged("initdb", "-D", dataDirectory().toString(), "-U", SUPERUSER);
        initdb.addAll(List.of("-A", "scram-sha-256", "--pwfile=" + passwordFile, "--no-sync", "--no-instructions"));
        initdb.addAll(List.of("-E", "UTF8", "--locale=C"));
        Child.run(name + "-initdb", initdb, Map.of(), Duration.ofSeconds(60));
        Files.delete(passwordFile);
        String host = options.requireTls() ? "hostssl" : "host";
        Files.writeString(
                dataDirectory().resolve("pg_hba.conf"),
                host + " all all 127.0.0.1/32 scram-sha-256\n" + host + " all all ::1/128 scram-sha-256\n");
        StringBuilder settings = new StringBuilder();
        settings().forEach((key, value) -> settings.append(key + " = '" + value.replace("'", "''") + "'\n"));
        Files.writeString(dataDirectory().resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "localhost");
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "32MB");
        // The data is thrown away: it must survive the server's death, not the machine's.
        settings.put("fsync", "off");
        settings.put("password_encryption", "scram-sha-256");
        settings.put("log_line_prefix", "%m [%p] %u@%d ");
        settings.put("log_connections", "receipt,authentication,authorization");
        if (options.logStatements()) {
            settings.put("log_statement", "all");
        }
        if (certificate != null) {
            settings.put("ssl", "on");
            settings.put("ssl_cert_file", certificate.certificate().toString());
            settings.put("ssl_key_file", certificate.key().toString());
        }
        settings.putAll(options.settings());
        return settings;
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own, root is nobody in particular. */
    private static List<String> unprivileged(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(PostgresBinaries.folder().resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
