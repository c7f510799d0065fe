package io.keyturn.system.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;

import static org.awaitility.Awaitility.await;

/** The roles, paths, Secrets and SecretRotations of all members, in one database and one namespace. */
final class ChaosFleet {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final Testbed testbed;
    private final PostgresServer target;
    private final String namespace;
    private final List<Member> members;

    ChaosFleet(Testbed testbed, PostgresServer target, String namespace, List<Member> members) {
        this.testbed = testbed;
        this.target = target;
        this.namespace = namespace;
        this.members = members;
    }

    String namespace() {
        return namespace;
    }

    List<Member> members() {
        return members;
    }

    String database() {
        return namespace.replace('-', '_') + "_orders";
    }

    private String owner() {
        return namespace.replace('-', '_') + "_owner";
    }

    private String admin() {
        return namespace.replace('-', '_') + "_admin";
    }

    /** Database, roles, paths and Secrets, but no SecretRotation yet. */
    void furnish() {
        testbed.kubernetes().createNamespace(namespace);
        target.execute("postgres", "create database " + database());
        var password = RandomText.ofLength(28);
        sql(
                "create role " + owner() + " nologin",
                "create role " + admin() + " login createrole password '" + password + "'",
                "grant pg_signal_backend, pg_read_all_stats to " + admin());
        keep("admin", new Credential(admin(), password));
        members.forEach(this::furnish);
    }

    private void furnish(Member member) {
        var credential = new Credential(member.role(namespace, "a"), RandomText.ofLength(28));
        login(credential);
        if (member.twoRoles()) {
            login(new Credential(member.role(namespace, "b"), RandomText.ofLength(28)));
        }
        keep(member.name(), credential);
        for (var secret : member.secrets()) {
            testbed.kubernetes()
                    .admin()
                    .resource(TestObjects.secret(
                            namespace, secret, "LOGIN", credential.user() + "/" + credential.password()))
                    .create();
        }
    }

    private void login(Credential role) {
        sql(
                "create role " + role.user() + " login in role " + owner() + " password '" + role.password() + "'",
                "grant " + role.user() + " to " + admin() + " with admin option, inherit false, set false");
    }

    /** Done by nobody who tells the store: whoever holds the role's value is locked out. */
    void setPasswordBehindEverybodysBack(String role) {
        sql("alter role " + role + " password '" + RandomText.ofLength(28) + "'");
    }

    private void sql(String... statements) {
        var all = new ArrayList<>(List.of("set log_statement = none"));
        all.addAll(List.of(statements));
        target.execute(database(), all.toArray(String[]::new));
    }

    void keep(String path, Credential credential) {
        testbed.openBao()
                .api()
                .writeSecret(
                        "secret",
                        namespace + "/" + path,
                        Map.of("username", credential.user(), "password", credential.password()));
    }

    /**
     * Creates the SecretRotations and waits until all are adopted.
     *
     * @param port where rotation-service finds the target
     * @param check where checks are asked, on this machine
     */
    void adopt(int port, int check) {
        var manifest =
                members.stream().map(member -> manifest(member, port, check)).collect(Collectors.joining("---\n"));
        try {
            var file = Scratch.folder(namespace).resolve("rotations.yaml");
            Files.writeString(file, manifest);
            testbed.kubernetes().apply(file, namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("adopted")
                .atMost(PATIENCE)
                .until(() -> members.stream()
                        .allMatch(
                                member -> status(member, "lastRotation.outcome").equals("Succeeded")));
    }

    private String manifest(Member member, int port, int check) {
        var strategy = member.twoRoles()
                ? "strategy: AlternatingRoles, owner: %s, roles: [%s, %s]"
                        .formatted(owner(), member.role(namespace, "a"), member.role(namespace, "b"))
                : "strategy: SingleRole, role: " + member.role(namespace, "a");
        return """
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  schedule: {every: 30d}
                  target:
                    postgres: {host: localhost, port: %3$d, database: %4$s, %5$s,
                      admin: {vault: {path: %2$s/admin}}, tls: {mode: verify-full, caBundle: %6$s}}
                  store: {vault: {path: %2$s/%1$s}}
                  publish:
                %7$s
                  consumers: {deadline: 5s}
                  retire: {after: 3s}
                  driftCheck: {every: 30d}
                  %8$s
                """.formatted(
                        member.name(),
                        namespace,
                        port,
                        database(),
                        strategy,
                        target.quotedCertificateAuthority(),
                        member.secrets().stream()
                                .map(secret -> "    - secret: {name: %s, data: {LOGIN: \"{username}/{password}\"}}"
                                        .formatted(secret))
                                .collect(Collectors.joining("\n")),
                        member.checked()
                                ? "verify: [{http: {url: \"http://weather.%s.svc:%d/\", timeout: 1s}}]"
                                        .formatted(namespace, check)
                                : "");
    }

    /** Asks for a run, as {@code kubectl annotate} does. */
    void rotate(Member member, String token) {
        rotation(member)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"keyturn.io/rotate\":\"" + token + "\"}}}");
    }

    /** A field of status, such as {@code lastRotation.id}; empty if it is not there. */
    String status(Member member, String path) {
        var found = rotation(member).get();
        Object at = found == null ? null : found.getAdditionalProperties().get("status");
        for (var step : path.split("\\.", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return Objects.toString(at, "");
    }

    private Resource<GenericKubernetesResource> rotation(Member member) {
        return testbed.kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(namespace)
                .withName(member.name());
    }
}
