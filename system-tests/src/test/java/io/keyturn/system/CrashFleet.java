package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.reference.Uid;
import io.keyturn.system.CrashCase.Way;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;

/** The roles, paths, Secrets and SecretRotations of all cases, in one database and one namespace; and what is true of them, seen from outside. */
final class CrashFleet {
    private final Testbed testbed = Keyturn.testbed();
    private final Map<CrashCase, String> first = new HashMap<>();
    private final String namespace;
    private final String database;
    private final String owner;
    private final String admin;

    /** @param namespace its database, its roles and its paths in the store are named by it too */
    CrashFleet(String namespace) {
        this.namespace = namespace;
        this.database = underscored(namespace) + "_orders";
        this.owner = underscored(namespace) + "_owner";
        this.admin = underscored(namespace) + "_admin";
    }

    private static String underscored(String name) {
        return name.replace('-', '_');
    }

    String namespace() {
        return namespace;
    }

    /** The role that is live at first is {@code a}; {@code b} is the other one, where there is one. */
    String role(CrashCase one, String which) {
        return underscored(namespace) + "_" + underscored(one.name()) + "_" + which;
    }

    /** A value as it is kept or published. */
    record Credential(String user, String password) {}

    /** Database, roles, paths and Secrets, but no SecretRotation yet. */
    void furnish(List<CrashCase> cases) {
        testbed.kubernetes().createNamespace(namespace);
        testbed.postgres().execute("postgres", "create database " + database);
        var password = RandomText.ofLength(28);
        // It must not silence the log: what it changes is counted there. Of a password only the verifier is in it.
        sql(
                "create role " + owner + " nologin",
                "create role " + admin + " login createrole password '" + password + "'",
                "grant pg_signal_backend, pg_read_all_stats to " + admin);
        keep("admin", new Credential(admin, password));
        for (var one : cases) {
            var credential = new Credential(role(one, "a"), RandomText.ofLength(28));
            first.put(one, credential.password());
            login(role(one, "a"), credential.password());
            if (one.alternates()) {
                login(role(one, "b"), RandomText.ofLength(28));
            }
            keep(one.name(), credential);
            testbed.kubernetes()
                    .admin()
                    .resource(TestObjects.secret(
                            namespace, one.name(), "LOGIN", credential.user() + "/" + credential.password()))
                    .create();
        }
    }

    private void login(String role, String password) {
        sql(
                "create role " + role + " login in role " + owner + " password '" + password + "'",
                "grant " + role + " to " + admin + " with admin option, inherit false, set false");
    }

    private void sql(String... statements) {
        var all = new ArrayList<>(List.of("set log_statement = none"));
        all.addAll(List.of(statements));
        testbed.postgres().execute(database, all.toArray(String[]::new));
    }

    /** As a volume that is restored does: the database knows another password than the one that is kept. */
    void restoreVolume(CrashCase one) {
        sql("alter role " + role(one, "a") + " password '" + RandomText.ofLength(28) + "'");
    }

    private void keep(String path, Credential credential) {
        testbed.openBao()
                .api()
                .writeSecret(
                        "secret",
                        namespace + "/" + path,
                        Map.of("username", credential.user(), "password", credential.password()));
    }

    void startRotations(List<CrashCase> cases) {
        var manifest = cases.stream().map(this::manifest).collect(Collectors.joining("---\n"));
        try {
            var file = Scratch.folder(namespace).resolve("rotations.yaml");
            Files.writeString(file, manifest);
            testbed.kubernetes().apply(file, namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String manifest(CrashCase one) {
        var strategy = one.alternates()
                ? "strategy: AlternatingRoles, owner: %s, roles: [%s, %s]"
                        .formatted(owner, role(one, "a"), role(one, "b"))
                : "strategy: SingleRole, role: " + role(one, "a");
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
                    - secret: {name: %1$s, data: {LOGIN: "{username}/{password}"}}
                  consumers: {deadline: %7$s}
                  approval: %8$s
                  driftCheck: {every: 30d}
                  %9$s
                """.formatted(
                        one.name(),
                        namespace,
                        testbed.postgres().port(),
                        database,
                        strategy,
                        testbed.postgres().quotedCertificateAuthority(),
                        one.way() == Way.BACK ? "3s" : "10m",
                        one.way() == Way.APPROVAL ? "Required" : "None",
                        one.way() == Way.BACK ? checkThatFails() : "");
    }

    /** There is no such Service, so it never passes. */
    private String checkThatFails() {
        return "verify: [{http: {url: \"http://nobody." + namespace + ".svc/\", timeout: 1s}}]";
    }

    void annotate(CrashCase one, Map<String, String> annotations) {
        var text = annotations.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",", "{\"metadata\":{\"annotations\":{", "}}}"));
        rotation(one).patch(PatchContext.of(PatchType.JSON_MERGE), text);
    }

    /** A field of status, such as {@code lastRotation.outcome}; empty if it is not there. */
    String status(CrashCase one, String path) {
        var found = rotation(one).get();
        Object at = found == null ? null : found.getAdditionalProperties().get("status");
        for (var step : path.split("\\.", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return Objects.toString(at, "");
    }

    /** Whether it would stay if somebody deleted it now. */
    boolean isHeld(CrashCase one) {
        return !rotation(one).get().getMetadata().getFinalizers().isEmpty();
    }

    Uid uid(CrashCase one) {
        return new Uid(rotation(one).get().getMetadata().getUid());
    }

    private Resource<GenericKubernetesResource> rotation(CrashCase one) {
        return testbed.kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(namespace)
                .withName(one.name());
    }

    /** What was live when everything began. */
    Credential first(CrashCase one) {
        return new Credential(role(one, "a"), Objects.requireNonNull(first.get(one)));
    }

    Credential live(CrashCase one) {
        return testbed.openBao()
                .api()
                .readSecret("secret", namespace + "/" + one.name())
                .map(CrashFleet::credential)
                .orElseThrow();
    }

    int versions(CrashCase one) {
        return testbed.openBao()
                .api()
                .read("secret/metadata/" + namespace + "/" + one.name())
                .orElseThrow()
                .at("/data/current_version")
                .asInt();
    }

    Credential published(CrashCase one) {
        var data = testbed.kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName(one.name())
                .get()
                .getData();
        var text = new String(Base64.getDecoder().decode(data.get("LOGIN")), StandardCharsets.UTF_8);
        var end = text.indexOf('/');
        return new Credential(text.substring(0, end), text.substring(end + 1));
    }

    /** The new value of a run, if it keeps one. */
    Optional<Credential> pending(CrashCase one, String run) {
        return kept(one, run, "pending");
    }

    /** The live value, and those that the run keeps. */
    List<Credential> keptAnywhere(CrashCase one, String run) {
        var all = new ArrayList<>(List.of(live(one)));
        kept(one, run, "pending").ifPresent(all::add);
        kept(one, run, "previous").ifPresent(all::add);
        return all;
    }

    private Optional<Credential> kept(CrashCase one, String run, String slot) {
        return testbed.openBao()
                .api()
                .readSecret("keyturn-pending", namespace + "/" + one.name() + "/" + run + "/" + slot)
                .map(CrashFleet::credential);
    }

    /** Whatever lies in the pending mount for that SecretRotation. */
    List<String> left(CrashCase one) {
        return testbed.openBao().api().list("keyturn-pending/metadata/" + namespace + "/" + one.name());
    }

    private static Credential credential(JsonNode fields) {
        return new Credential(
                fields.path("username").asText(), fields.path("password").asText());
    }

    boolean logsIn(Credential credential) {
        try (var _ = testbed.postgres().connect(database, credential.user(), credential.password())) {
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
                return false;
            }
            throw new AssertionError("Login failed otherwise: SQLSTATE " + e.getSQLState());
        }
    }

    /** How often the password of each role was set, by the server's own log of statements. */
    Map<String, Long> passwordsSet() {
        var set = Pattern.compile("(?i)alter (?:user|role) \"?(" + underscored(namespace) + "_\\w+)\"? .*password '");
        try (var lines = Files.lines(testbed.postgres().log())) {
            return lines.map(set::matcher)
                    .filter(Matcher::find)
                    .collect(Collectors.groupingBy(found -> found.group(1), Collectors.counting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
