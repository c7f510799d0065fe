package io.keyturn.restart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/**
 * Real servers set up from {@code deploy/}: the service runs as its own ServiceAccount, Kafka principal and database user, with
 * the rights an installation gives it. Tests learn addresses from properties {@code test.*}.
 */
public class RestartServers implements QuarkusTestResourceLifecycleManager {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final String OWNER_PASSWORD = "owner-of-restart";
    private static final String SERVICE_PASSWORD = "service-of-restart";

    private final Testbed testbed = new Testbed((_, _) -> {});

    @Override
    public Map<String, String> start() {
        testbed.begin(Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.POSTGRES);
        var config = new HashMap<String, String>();
        config.put("keyturn.cluster", "test");
        config.put("quarkus.http.test-port", "0");
        config.put("keyturn.restart.publication-wait", "2s");
        database(config);
        kafka(config);
        kubernetes(config);
        return config;
    }

    private void database(Map<String, String> config) {
        var postgres = testbed.postgres();
        var database = "keyturn-restart";
        postgres.execute("postgres", "CREATE DATABASE \"" + database + "\"");
        postgres.execute(
                database,
                text(DEPLOY.resolve("postgres/restart.sql"))
                        .replace("${owner_password}", OWNER_PASSWORD)
                        .replace("${service_password}", SERVICE_PASSWORD));
        config.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(database));
        config.put(
                "quarkus.datasource.reactive.url",
                "postgresql://" + postgres.host() + ":" + postgres.port() + "/" + database);
        config.put("quarkus.datasource.username", "keyturn-restart");
        config.put("quarkus.datasource.password", SERVICE_PASSWORD);
        config.put("quarkus.flyway.username", "keyturn-restart-owner");
        config.put("quarkus.flyway.password", OWNER_PASSWORD);
    }

    private void kafka(Map<String, String> config) {
        var kafka = testbed.kafka();
        kafka.provision(DEPLOY.resolve("kafka"));
        kafka.clientConfig("keyturn-restart").forEach((name, value) -> config.put("kafka." + name, value));
        kafka.clientConfig("keyturn-watcher").forEach((name, value) -> config.put("test.watcher." + name, value));
        kafka.clientConfig("admin").forEach((name, value) -> config.put("test.admin." + name, value));
    }

    private void kubernetes(Map<String, String> config) {
        var kubernetes = testbed.kubernetes();
        kubernetes.apply(DEPLOY.resolve("crds"));
        kubernetes.apply(DEPLOY.resolve("rbac/namespace.yaml"));
        kubernetes.apply(DEPLOY.resolve("rbac/restart.yaml"));
        config.put("quarkus.kubernetes-client.api-server-url", kubernetes.url());
        config.put(
                "quarkus.kubernetes-client.ca-cert-file",
                kubernetes.certificateAuthority().toString());
        config.put("quarkus.kubernetes-client.token", kubernetes.token("keyturn-system", "keyturn-restart"));
        config.put("test.kubeconfig", kubernetes.kubeconfig().toString());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        testbed.close();
    }
}
