package io.keyturn.testbed.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Tools;

/**
 * Each service's own identity everywhere, from the files in {@code deploy/}: ServiceAccount and RBAC, Kafka principal and ACLs,
 * Vault role and policy, database owner and user; and the policy that holds everybody else to their own name.
 */
final class Identities {
    static final String NAMESPACE = "keyturn-system";
    private static final String BEHIND = "-behind";

    private final Testbed testbed;
    private final Path deploy = Tools.repository().resolve("deploy");
    private final Map<ServiceJar, Database> databases = new HashMap<>();

    private record Database(String ownerPassword, String servicePassword) {}

    Identities(Testbed testbed) {
        this.testbed = testbed;
    }

    void kubernetes() {
        var kubernetes = testbed.kubernetes();
        kubernetes.apply(deploy.resolve("crds"));
        kubernetes.apply(deploy.resolve("rbac/namespace.yaml"));
        kubernetes.createNamespace(NAMESPACE);
        kubernetes.apply(deploy.resolve("rbac"));
        kubernetes.apply(deploy.resolve("admission"));
    }

    void kafka() {
        testbed.kafka().provision(deploy.resolve("kafka"));
    }

    /** Needs the ServiceAccounts. */
    void vault() {
        testbed.openBao().enableKubernetesAuth(testbed.kubernetes());
        testbed.openBao().applySetup(deploy.resolve("vault"));
    }

    void databases() {
        for (var service : ServiceJar.values()) {
            if (service.hasDatabase()) {
                databases.put(service, new Database(RandomText.ofLength(24), RandomText.ofLength(24)));
                create(service);
            }
        }
    }

    /** Drops the service's database, whoever uses it, and creates it as it was at first: without a table. */
    void recreateDatabase(ServiceJar service) {
        testbed.postgres().execute("postgres", "drop database \"" + service.principal() + "\" with (force)");
        create(service);
    }

    /** A database cannot be copied while somebody is connected to it; a process that was killed is for a moment. */
    void copyDatabase(ServiceJar service) {
        var name = service.principal();
        testbed.postgres()
                .execute(
                        "postgres",
                        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '" + name + "'",
                        "create database \"" + name + BEHIND + "\" template \"" + name + "\"");
    }

    void failDatabaseOver(ServiceJar service) {
        var name = service.principal();
        testbed.postgres()
                .execute(
                        "postgres",
                        "drop database \"" + name + "\" with (force)",
                        "alter database \"" + name + BEHIND + "\" rename to \"" + name + "\"");
        // Who may connect is not copied.
        setUp(service);
    }

    private void create(ServiceJar service) {
        testbed.postgres().execute("postgres", "create database \"" + service.principal() + "\"");
        setUp(service);
    }

    private void setUp(ServiceJar service) {
        var name = service.principal();
        run(
                name,
                deploy.resolve("postgres/" + service.shortName() + ".sql"),
                Objects.requireNonNull(databases.get(service)));
    }

    private void run(String database, Path file, Database passwords) {
        try (var connection = testbed.postgres().connect(database);
                var statement = connection.createStatement()) {
            statement.execute(Files.readString(file)
                    .replace("${owner_password}", passwords.ownerPassword())
                    .replace("${service_password}", passwords.servicePassword()));
        } catch (SQLException e) {
            throw new IllegalStateException("deploy/postgres does not run: SQLSTATE " + e.getSQLState());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the service is told by its environment, as its Deployment would. */
    Map<String, String> environment(ServiceJar service, String cluster) {
        var environment = new HashMap<String, String>();
        environment.put("KEYTURN_CLUSTER", cluster);
        environment.put("POD_NAMESPACE", NAMESPACE);
        environment.put(
                "KUBECONFIG",
                testbed.kubernetes()
                        .kubeconfigFor(NAMESPACE, service.principal())
                        .toString());
        var kafka = testbed.kafka().clientConfig(service.principal());
        kafka.forEach(
                (name, value) -> environment.put("KAFKA_" + name.toUpperCase().replace('.', '_'), value));
        if (service.hasVault()) {
            environment.put("QUARKUS_VAULT_URL", testbed.openBao().address());
            environment.put("QUARKUS_VAULT_AUTHENTICATION_KUBERNETES_ROLE", service.principal());
            environment.put(
                    "QUARKUS_VAULT_AUTHENTICATION_KUBERNETES_JWT_TOKEN_PATH",
                    testbed.kubernetes()
                            .tokenFile(NAMESPACE, service.principal(), "vault")
                            .toString());
        }
        if (service.hasDatabase()) {
            environment.putAll(database(service));
        }
        return environment;
    }

    private Map<String, String> database(ServiceJar service) {
        var postgres = testbed.postgres();
        var name = service.principal();
        var passwords = Objects.requireNonNull(databases.get(service));
        return Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL",
                postgres.jdbcUrl(name),
                "QUARKUS_DATASOURCE_REACTIVE_URL",
                "postgresql://" + postgres.host() + ":" + postgres.port() + "/" + name,
                "QUARKUS_DATASOURCE_USERNAME",
                name,
                "QUARKUS_DATASOURCE_PASSWORD",
                passwords.servicePassword(),
                "QUARKUS_FLYWAY_USERNAME",
                name + "-owner",
                "QUARKUS_FLYWAY_PASSWORD",
                passwords.ownerPassword());
    }
}
