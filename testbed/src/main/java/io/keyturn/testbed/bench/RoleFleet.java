package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;
import org.awaitility.Awaitility;

/** Many login roles of one database, each with a SecretRotation of its own, a path in Vault and a Secret that nobody reads. */
final class RoleFleet {
    static final String NAMESPACE = "bench-roles";
    private static final String DATABASE = "bench_roles";
    private static final String ADMIN = "bench_roles_admin";
    private static final Duration PATIENCE = Duration.ofSeconds(300);

    private final Testbed testbed;
    private final List<String> names;

    RoleFleet(Testbed testbed, int size) {
        this.testbed = testbed;
        this.names = IntStream.range(0, size).mapToObj(i -> "role-" + i).toList();
    }

    /** Creates them and waits until every credential is adopted. */
    void adopt() {
        testbed.kubernetes().createNamespace(NAMESPACE);
        testbed.postgres().execute("postgres", "create database " + DATABASE);
        var admin = RandomText.ofLength(28);
        testbed.postgres()
                .execute(
                        DATABASE,
                        "create role " + ADMIN + " login createrole password '" + admin + "'",
                        "grant pg_signal_backend, pg_read_all_stats to " + ADMIN,
                        "grant set on parameter log_statement, log_min_error_statement, log_min_duration_statement,"
                                + " log_min_duration_sample, log_duration to " + ADMIN);
        keep("admin", ADMIN, admin);
        names.forEach(this::role);
        var manifest = names.stream().map(this::manifest).collect(Collectors.joining("---\n"));
        try {
            var file = Scratch.folder("roles").resolve("rotations.yaml");
            Files.writeString(file, manifest);
            testbed.kubernetes().apply(file, NAMESPACE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("all roles adopted")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> phases().equals(Set.of("Succeeded")));
    }

    private void role(String name) {
        var password = RandomText.ofLength(28);
        testbed.postgres()
                .execute(
                        DATABASE,
                        "create role " + login(name) + " login password '" + password + "'",
                        "grant " + login(name) + " to " + ADMIN + " with admin option, inherit false, set false");
        keep(name, login(name), password);
        testbed.kubernetes()
                .admin()
                .resource(TestObjects.secret(NAMESPACE, name, "PGPASSWORD", password))
                .create();
    }

    private void keep(String path, String user, String password) {
        testbed.openBao()
                .api()
                .writeSecret("secret", NAMESPACE + "/" + path, Map.of("username", user, "password", password));
    }

    private static String login(String name) {
        return "bench_" + name.replace('-', '_');
    }

    private String manifest(String name) {
        return """
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  schedule: {every: 30d}
                  target:
                    postgres:
                      host: localhost
                      port: %3$d
                      database: %4$s
                      strategy: SingleRole
                      role: %5$s
                      admin: {vault: {path: %2$s/admin}}
                      tls: {mode: verify-full, caBundle: %6$s}
                  store: {vault: {path: %2$s/%1$s}}
                  publish:
                    - secret: {name: %1$s, data: {PGPASSWORD: "{password}"}}
                """.formatted(
                        name,
                        NAMESPACE,
                        testbed.postgres().port(),
                        DATABASE,
                        login(name),
                        testbed.postgres().quotedCertificateAuthority());
    }

    /** Asks for a run of each, all at the same time; returns when the API server has answered all. */
    void rotateAll(String token) {
        var asking = new ArrayList<Thread>();
        for (var name : names) {
            asking.add(Thread.ofVirtual()
                    .start(() -> resources().withName(name).patch(RawKubernetes.MERGE, rotate(token))));
        }
        asking.forEach(RawKubernetes::join);
    }

    /** A merge patch that asks for a run. */
    static String rotate(String token) {
        return "{\"metadata\":{\"annotations\":{\"keyturn.io/rotate\":\"" + token + "\"}}}";
    }

    private Set<String> phases() {
        return resources().list().getItems().stream().map(RoleFleet::phase).collect(Collectors.toSet());
    }

    private static String phase(GenericKubernetesResource rotation) {
        return rotation.getAdditionalProperties().get("status") instanceof Map<?, ?> status
                ? String.valueOf(status.get("phase"))
                : "none";
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            resources() {
        return testbed.kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(NAMESPACE);
    }

    int size() {
        return names.size();
    }
}
