package io.keyturn.rotation.target.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.keyturn.contract.resource.PostgresTarget.Strategy;
import io.keyturn.contract.resource.PostgresTarget.TlsMode;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.VaultPath;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import org.jspecify.annotations.Nullable;

/** Databases with their roles on the shared server, and targets upon them. */
final class Servers {
    static final String FIRST = "first-value-of-a";

    private static final Store ADMIN = new Store(new VaultPath("shop/admin"));
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Servers() {}

    static PostgresServer server() {
        return Testbed.shared().postgres();
    }

    /** A name of its own for each test. */
    static String prefix() {
        return "it" + NUMBER.incrementAndGet();
    }

    /** Owner, role a that logs in, role b that does not yet, and a database of the same name. */
    static void roles(PostgresServer server, String prefix) {
        server.execute(
                "postgres",
                "create role \"" + prefix + "_owner\" nologin",
                "create role \"" + prefix + "_a\" login password '" + FIRST + "' in role \"" + prefix + "_owner\"",
                "create role \"" + prefix + "_b\" nologin in role \"" + prefix + "_owner\"",
                "create database \"" + prefix + "\" owner \"" + prefix + "_owner\"");
    }

    /** An admin that may create roles and no more than it is given. */
    static Credential createRoleAdmin(PostgresServer server, String prefix, String... grants) {
        server.execute("postgres", "create role \"" + prefix + "_admin\" login createrole password 'admin-value'");
        for (var grant : grants) {
            server.execute(
                    "postgres",
                    "grant " + grant.replace("$", prefix) + " to \"" + prefix + "_admin\""
                            + (grant.startsWith("pg_") ? "" : " with admin option"));
        }
        return new Credential(prefix + "_admin", SecretValue.copyOf("admin-value"));
    }

    static Credential superuser(PostgresServer server) {
        return new Credential(PostgresServer.SUPERUSER, SecretValue.copyOf(server.superuserPassword()));
    }

    static PostgresPlan alternating(String host, int port, String prefix, boolean create) {
        return new PostgresPlan(
                host,
                port,
                prefix,
                Strategy.AlternatingRoles,
                prefix + "_owner",
                List.of(prefix + "_a", prefix + "_b"),
                create,
                ADMIN,
                TlsMode.disable,
                null);
    }

    static PostgresPlan single(String host, int port, String prefix) {
        return new PostgresPlan(
                host,
                port,
                prefix,
                Strategy.SingleRole,
                null,
                List.of(prefix + "_a"),
                false,
                ADMIN,
                TlsMode.disable,
                null);
    }

    static PostgresPlan withTls(PostgresPlan plan, String host, TlsMode mode, @Nullable String caBundle) {
        return new PostgresPlan(
                host,
                plan.port(),
                plan.database(),
                plan.strategy(),
                plan.owner(),
                plan.roles(),
                plan.create(),
                plan.admin(),
                mode,
                caBundle);
    }

    static PostgresPlan database(PostgresPlan plan, String database) {
        return new PostgresPlan(
                plan.host(),
                plan.port(),
                database,
                plan.strategy(),
                plan.owner(),
                plan.roles(),
                plan.create(),
                plan.admin(),
                plan.tls(),
                plan.caBundle());
    }

    /** The same with another single role. */
    static PostgresPlan role(PostgresPlan plan, String role) {
        return new PostgresPlan(
                plan.host(),
                plan.port(),
                plan.database(),
                plan.strategy(),
                plan.owner(),
                List.of(role),
                plan.create(),
                plan.admin(),
                plan.tls(),
                plan.caBundle());
    }

    static PostgresTargetRoles open(PostgresPlan plan, Credential admin) {
        return open(plan, admin, InstantSource.system());
    }

    /** The same on a machine with another clock than the server's. */
    static PostgresTargetRoles open(PostgresPlan plan, Credential admin, InstantSource clock) {
        return open(plan, admin, clock, 1);
    }

    /** The same on behalf of a claim with this number. */
    static PostgresTargetRoles open(PostgresPlan plan, Credential admin, long fence) {
        return open(plan, admin, InstantSource.system(), fence);
    }

    private static PostgresTargetRoles open(PostgresPlan plan, Credential admin, InstantSource clock, long fence) {
        return new PostgresTargetRoles(
                plan,
                false,
                new io.keyturn.rotation.target.postgres.PostgresServer(
                        plan, admin, new AdminConnections(), new RoleFence(fence)),
                clock);
    }

    /** Grows with each change of a role, if only back and forth: silenced statements are in no log, row versions tell of them. */
    static long changes(PostgresServer server, String prefix) {
        try (var connection = server.connect("postgres");
                var statement = connection.prepareStatement(
                        "select coalesce(sum(xmin::text::bigint), 0) from pg_authid where starts_with(rolname, ?)")) {
            statement.setString(1, prefix + "_");
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }

    static String log(PostgresServer server) {
        try {
            return Files.readString(server.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
