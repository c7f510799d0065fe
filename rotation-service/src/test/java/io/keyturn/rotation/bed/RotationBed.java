package io.keyturn.rotation.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.Testbed.Server;
import io.keyturn.testbed.process.Tools;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/**
 * Kafka, PostgreSQL, OpenBao and the Kubernetes API as installers set them up: topics, ACLs, roles, policies, CRD and RBAC from
 * deploy/. The service runs as its own principal everywhere.
 */
public final class RotationBed implements QuarkusTestResourceLifecycleManager {
    public static final Path SERVICE_LOG = Path.of("target", "rotation-service-it.log");

    /** How long the service takes mounted files to be behind their Secret; who runs pods beside it refreshes them sooner. */
    public static final Duration VOLUME_REFRESH = Duration.ofSeconds(8);

    public static final String DATABASE = "keyturn-rotation";
    private static final String SYSTEM = "keyturn-system";
    private static final String OWNER_PASSWORD = "owner-of-the-runs";
    private static final String SERVICE_PASSWORD = "writer-of-the-runs";

    /** The first column of what the database of the runs answers. */
    public static List<String> ask(String sql) {
        try (var connection = Testbed.shared().postgres().connect(DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }

    @Override
    public Map<String, String> start() {
        var bed = Testbed.shared().begin(Server.KUBERNETES, Server.KAFKA, Server.POSTGRES, Server.OPENBAO);
        var config = new HashMap<String, String>();
        config.putAll(database(bed));
        config.putAll(kafka(bed));
        config.putAll(kubernetes(bed));
        config.putAll(vault(bed));
        config.put("keyturn.cluster", "c1");
        config.put("quarkus.http.test-port", "0");
        config.put("keyturn.rotation.verify.allow-loopback", "true");
        config.put("keyturn.rotation.runner.step-deadline", "8S");
        config.put("keyturn.rotation.drift.poll", "1S");
        config.put("keyturn.rotation.drift.second-look", "0.5S");
        config.put("keyturn.rotation.runner.volume-refresh", VOLUME_REFRESH.toString());
        config.put("quarkus.log.file.enabled", "true");
        config.put("quarkus.log.file.path", SERVICE_LOG.toString());
        return config;
    }

    private static Map<String, String> database(Testbed bed) {
        var postgres = bed.postgres();
        postgres.execute("postgres", "CREATE DATABASE \"" + DATABASE + "\"");
        try {
            postgres.execute(
                    DATABASE,
                    Files.readString(deploy().resolve("postgres/rotation.sql"))
                            .replace("${owner_password}", OWNER_PASSWORD)
                            .replace("${service_password}", SERVICE_PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "quarkus.datasource.jdbc.url",
                postgres.jdbcUrl(DATABASE),
                "quarkus.datasource.reactive.url",
                "postgresql://" + postgres.host() + ":" + postgres.port() + "/" + DATABASE,
                "quarkus.datasource.username",
                Service.ROTATION.principal(),
                "quarkus.datasource.password",
                SERVICE_PASSWORD,
                "quarkus.flyway.username",
                Service.ROTATION.principal() + "-owner",
                "quarkus.flyway.password",
                OWNER_PASSWORD);
    }

    private static Map<String, String> kafka(Testbed bed) {
        bed.kafka().provision(deploy().resolve("kafka"));
        var config = new HashMap<String, String>();
        bed.kafka()
                .clientConfig(Service.ROTATION.principal())
                .forEach((name, value) -> config.put("kafka." + name, value));
        return config;
    }

    private static Map<String, String> kubernetes(Testbed bed) {
        var kubernetes = bed.kubernetes();
        kubernetes.apply(deploy().resolve("rbac/namespace.yaml"));
        kubernetes.apply(deploy().resolve("rbac/rotation.yaml"));
        kubernetes.apply(deploy().resolve("crds"));
        return Map.of(
                "quarkus.kubernetes-client.api-server-url", kubernetes.url(),
                "quarkus.kubernetes-client.ca-cert-file",
                        kubernetes.certificateAuthority().toString(),
                "quarkus.kubernetes-client.token", kubernetes.token(SYSTEM, Service.ROTATION.principal()));
    }

    private static Map<String, String> vault(Testbed bed) {
        var vault = bed.openBao();
        vault.enableKubernetesAuth(bed.kubernetes());
        vault.applySetup(deploy().resolve("vault"));
        var token = bed.kubernetes().tokenFile(SYSTEM, Service.ROTATION.principal(), "vault");
        return Map.of(
                "quarkus.vault.url", vault.address(),
                "quarkus.vault.authentication.kubernetes.role", Service.ROTATION.principal(),
                "quarkus.vault.authentication.kubernetes.jwt-token-path", token.toString());
    }

    static Path deploy() {
        return Tools.repository().resolve("deploy");
    }

    @Override
    public void stop() {
        Testbed.shared().close();
    }
}
