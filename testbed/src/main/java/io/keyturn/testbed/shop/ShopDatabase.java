package io.keyturn.testbed.shop;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.RandomText;

/** The shop's database with its roles, as a careful team sets them up, and their passwords in Vault. */
final class ShopDatabase {
    private final PostgresServer postgres;
    private final OpenBaoServer vault;
    private final String namespace;
    private final String database;
    /** Every password this shop began with, for the canary. */
    private final Set<String> passwords = new ConcurrentSkipListSet<>();

    ShopDatabase(PostgresServer postgres, OpenBaoServer vault, String namespace) {
        this.postgres = postgres;
        this.vault = vault;
        this.namespace = namespace;
        this.database = role("orders");
    }

    String name() {
        return database;
    }

    /** Roles belong to the whole server, so each shop has its own. */
    String role(String role) {
        return namespace.replace('-', '_') + "_" + role;
    }

    Set<String> passwords() {
        return passwords;
    }

    /** Owner, two login roles, and an admin that may do no more than change these and end their sessions. */
    void create() {
        var first = password();
        var admin = password();
        postgres.execute("postgres", "create database " + database);
        postgres.execute(
                database,
                // These statements hold passwords, and the server's log is searched for them.
                "set log_statement = none",
                "create role " + role("owner") + " nologin",
                loginRole("a", first),
                loginRole("b", password()),
                "create role " + role("admin") + " login createrole password '" + admin + "'",
                "grant " + role("a") + ", " + role("b") + " to " + role("admin")
                        + " with admin option, inherit false, set false",
                "grant pg_signal_backend, pg_read_all_stats to " + role("admin"),
                "grant set on parameter log_statement, log_min_error_statement, log_min_duration_statement,"
                        + " log_min_duration_sample, log_duration to " + role("admin"),
                "grant connect on database " + database + " to " + role("owner"));
        postgres.execute(database, "create table orders (id int)", "alter table orders owner to " + role("owner"));
        vault.api().writeSecret("secret", namespace + "/orders-db", credential("a", first));
        vault.api().writeSecret("secret", namespace + "/orders-db-admin", credential("admin", admin));
    }

    String url(String role) {
        return "postgresql://" + role(role) + ":" + live("password") + "@localhost:" + postgres.port() + "/" + database;
    }

    /** A field of the live credential. */
    String live(String field) {
        return vault.api()
                .readSecret("secret", namespace + "/orders-db")
                .orElseThrow()
                .path(field)
                .asText();
    }

    private String loginRole(String role, String password) {
        return "create role " + role(role) + " login in role " + role("owner") + " password '" + password
                + "'; alter role " + role(role) + " set role = " + role("owner");
    }

    private Map<String, String> credential(String role, String password) {
        return Map.of("username", role(role), "password", password, "note", "kept by the team");
    }

    private String password() {
        var password = RandomText.ofLength(28);
        passwords.add(password);
        return password;
    }
}
