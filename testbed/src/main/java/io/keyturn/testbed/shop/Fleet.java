package io.keyturn.testbed.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;
import org.jspecify.annotations.Nullable;

/** Many credentials in one database and one namespace, which names the roles and paths too; what is kept and published, seen from outside. */
public final class Fleet {
    /** The key of a Secret that holds a credential. */
    private static final String KEY = "LOGIN";

    /** What is published: the credential for who compares, and its two parts as libpq knows them. */
    private static final SortedMap<String, String> DATA =
            new TreeMap<>(Map.of(KEY, "{username}/{password}", "PGUSER", "{username}", "PGPASSWORD", "{password}"));

    private final Testbed testbed;
    private final PostgresServer target;
    private final String namespace;

    /** A value as it is kept or published. */
    public record Credential(String user, String password) {
        /** As it stands in a Secret. */
        public static Credential of(String published) {
            var end = published.indexOf('/');
            return new Credential(published.substring(0, end), published.substring(end + 1));
        }

        private static Credential of(JsonNode fields) {
            return new Credential(
                    fields.path("username").asText(), fields.path("password").asText());
        }

        /** Who it is for; of the password nothing. */
        @Override
        public String toString() {
            return user;
        }
    }

    public Fleet(Testbed testbed, PostgresServer target, String namespace) {
        this.testbed = testbed;
        this.target = target;
        this.namespace = namespace;
    }

    public String namespace() {
        return namespace;
    }

    public String database() {
        return role("orders");
    }

    /** A name in the database. */
    public String role(String name) {
        return (namespace + "_" + name).replace('-', '_');
    }

    /** The role of a member that is live at first is {@code a}; {@code b} is the other one, where there is one. */
    public String role(String member, String which) {
        return role(member + "_" + which);
    }

    /**
     * Namespace, database, the owner of all roles and their admin. He may not silence the log: what he changes is counted there. Of a
     * password only the verifier is in it.
     */
    public void create() {
        testbed.kubernetes().createNamespace(namespace);
        target.execute("postgres", "create database " + database());
        var credential = new Credential(role("admin"), RandomText.ofLength(28));
        sql(
                "create role " + role("owner") + " nologin",
                "create role " + credential.user() + " login createrole password '" + credential.password() + "'",
                "grant pg_signal_backend, pg_read_all_stats to " + credential.user());
        keep("admin", credential);
    }

    /** The roles of a member; that of the first is kept and published. */
    public Credential add(String member, boolean twoRoles, List<String> secrets) {
        var credential = login(member, "a");
        if (twoRoles) {
            login(member, "b");
        }
        keep(member, credential);
        for (var secret : secrets) {
            testbed.kubernetes()
                    .admin()
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(secret)
                            .endMetadata()
                            .withStringData(rendered(credential))
                            .build())
                    .create();
        }
        return credential;
    }

    private static Map<String, String> rendered(Credential credential) {
        var data = new TreeMap<String, String>(DATA);
        data.replaceAll((_, form) ->
                form.replace("{username}", credential.user()).replace("{password}", credential.password()));
        return data;
    }

    private Credential login(String member, String which) {
        var credential = new Credential(role(member, which), RandomText.ofLength(28));
        sql(
                "create role " + credential.user() + " login in role " + role("owner") + " password '"
                        + credential.password() + "'",
                "grant " + credential.user() + " to " + role("admin") + " with admin option, inherit false, set false");
        return credential;
    }

    /** Done by nobody who tells the store, as when a volume is restored: whoever holds the role's value is locked out. */
    public void setPasswordBehindEverybodysBack(String role) {
        sql("alter role " + role + " password '" + RandomText.ofLength(28) + "'");
    }

    private void sql(String... statements) {
        var all = new ArrayList<>(List.of("set log_statement = none"));
        all.addAll(List.of(statements));
        target.execute(database(), all.toArray(String[]::new));
    }

    /** Writes a live value. */
    public void keep(String path, Credential credential) {
        testbed.openBao()
                .api()
                .writeSecret(
                        "secret",
                        namespace + "/" + path,
                        Map.of("username", credential.user(), "password", credential.password()));
    }

    /**
     * A SecretRotation.
     *
     * @param port where the target is found
     * @param more further lines of the spec, indented by four
     */
    public String manifest(String member, boolean twoRoles, List<String> secrets, int port, String more) {
        var strategy = twoRoles
                ? "strategy: AlternatingRoles, owner: %s, roles: [%s, %s]"
                        .formatted(role("owner"), role(member, "a"), role(member, "b"))
                : "strategy: SingleRole, role: " + role(member, "a");
        var publications = secrets.stream()
                .map(secret -> "    - secret: {name: %s, data: {%s}}".formatted(secret, published()))
                .collect(Collectors.joining("\n"));
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
                  driftCheck: {every: 30d}
                %8$s
                """.formatted(
                        member,
                        namespace,
                        port,
                        database(),
                        strategy,
                        target.quotedCertificateAuthority(),
                        publications,
                        more.strip().indent(2).stripTrailing());
    }

    private static String published() {
        return DATA.entrySet().stream()
                .map(key -> key.getKey() + ": \"" + key.getValue() + "\"")
                .collect(Collectors.joining(", "));
    }

    /** A workload with one pod, which takes what the Secret holds when it starts and logs in with that again and again. */
    public void deploy(String secret, int loginsPerSecond) {
        var manifest = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, labels: {app: %1$s}}
                spec:
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                        - name: app
                          image: keyturn.test/pg-envfrom
                          env:
                            - {name: LOGINS_PER_SECOND, value: "%2$d"}
                            - {name: PGHOST, value: localhost}
                            - {name: PGPORT, value: "%3$d"}
                            - {name: PGDATABASE, value: %4$s}
                            - {name: PGSSLMODE, value: require}
                          envFrom: [{secretRef: {name: %1$s}}]
                """.formatted(secret, loginsPerSecond, target.port(), database());
        var client = testbed.kubernetes().admin();
        client.resource(client.getKubernetesSerialization().unmarshal(manifest, Deployment.class))
                .inNamespace(namespace)
                .create();
    }

    /** Takes all workloads away, and with them their pods. */
    public void removeWorkloads() {
        testbed.kubernetes().admin().apps().deployments().inNamespace(namespace).delete();
    }

    /** A workload as it is now. */
    public Deployment workload(String name) {
        return Objects.requireNonNull(testbed.kubernetes()
                .admin()
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /** Creates SecretRotations. */
    public void apply(Stream<String> manifests) {
        try {
            var file = Scratch.folder(namespace).resolve("rotations.yaml");
            Files.writeString(file, manifests.collect(Collectors.joining("---\n")));
            testbed.kubernetes().apply(file, namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Resource<GenericKubernetesResource> rotation(String member) {
        return rotations().withName(member);
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            rotations() {
        return testbed.kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(namespace);
    }

    /** As {@code kubectl annotate} does. */
    public void annotate(String member, Map<String, String> annotations) {
        var text = annotations.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",", "{\"metadata\":{\"annotations\":{", "}}}"));
        rotation(member).patch(PatchContext.of(PatchType.JSON_MERGE), text);
    }

    /** A field of status, such as {@code lastRotation.outcome}; empty if it is not there. */
    public String status(String member, String path) {
        return status(rotation(member).get(), path);
    }

    /** The same of all members, in one request. */
    public List<String> statuses(String path) {
        return rotations().list().getItems().stream()
                .map(rotation -> status(rotation, path))
                .toList();
    }

    private static String status(@Nullable GenericKubernetesResource rotation, String path) {
        Object at = rotation == null ? null : rotation.getAdditionalProperties().get("status");
        for (var step : path.split("\\.", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return Objects.toString(at, "");
    }

    /** What readers of the store read. */
    public Credential live(String member) {
        return testbed.openBao()
                .api()
                .readSecret("secret", namespace + "/" + member)
                .map(Credential::of)
                .orElseThrow();
    }

    /** How many versions the live value has had. */
    public int versions(String member) {
        return testbed.openBao()
                .api()
                .read("secret/metadata/" + namespace + "/" + member)
                .orElseThrow()
                .at("/data/current_version")
                .asInt();
    }

    /** What a workload reads from that Secret. */
    public Credential published(String secret) {
        var found = testbed.kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName(secret)
                .get();
        var data = Objects.requireNonNull(found).getData().get(KEY);
        return Credential.of(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
    }

    /** What lies in the pending mount for the member, below it: its runs, or the values of one. */
    public List<String> pending(String member, String below) {
        return testbed.openBao().api().list("keyturn-pending/metadata/" + namespace + "/" + member + below);
    }

    /** The values that a run keeps, whose names begin so. */
    public Stream<Credential> kept(String member, String run, String beginning) {
        return pending(member, "/" + run).stream()
                .filter(name -> name.startsWith(beginning))
                .flatMap(name -> testbed
                        .openBao()
                        .api()
                        .readSecret("keyturn-pending", namespace + "/" + member + "/" + run + "/" + name)
                        .stream())
                .map(Credential::of);
    }
}
