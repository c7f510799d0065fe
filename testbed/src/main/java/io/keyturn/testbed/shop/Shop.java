package io.keyturn.testbed.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.process.Scratch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The shop in one namespace: database, Secret, three applications, and the SecretRotation over them. */
public final class Shop {
    public static final List<String> APPS = List.of("orders-api", "orders-worker", "reports");
    public static final String SECRET = "orders-db";

    private final Testbed testbed;
    private final PodRunner pods;
    private final String namespace;
    private final ShopDatabase database;

    /** How the shop's rotation replaces its credential. */
    public enum Strategy {
        ALTERNATING,
        SINGLE
    }

    private Shop(Testbed testbed, PodRunner pods, String namespace) {
        this.testbed = testbed;
        this.pods = pods;
        this.namespace = namespace;
        this.database = new ShopDatabase(testbed.postgres(), testbed.openBao(), namespace);
    }

    /** Names by which services reach the shop's applications; to be known to the platform. */
    public static List<String> hostNames(String namespace) {
        return APPS.stream().map(app -> app + "." + namespace + ".svc").toList();
    }

    /** Opens a shop and waits until all its applications are available. */
    public static Shop open(Testbed testbed, PodRunner pods, String namespace) {
        var shop = new Shop(testbed, pods, namespace);
        shop.database.create();
        testbed.kubernetes().createNamespace(namespace);
        var url = shop.database.url("a").getBytes(StandardCharsets.UTF_8);
        shop.kubernetes()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(SECRET)
                        .endMetadata()
                        .withData(Map.of(
                                "DATABASE_URL",
                                Base64.getEncoder().encodeToString(url),
                                "UNRELATED",
                                "bGVmdCBhbG9uZQ=="))
                        .build())
                .create();
        shop.apply("workloads.yaml", Map.of());
        shop.awaitAvailable();
        return shop;
    }

    /** Creates the SecretRotation; it adopts the credential as it is. */
    public void startRotation(Strategy strategy, Duration deadline) {
        var roles = strategy == Strategy.ALTERNATING
                ? "strategy: AlternatingRoles\n      owner: " + database.role("owner") + "\n      roles: ["
                        + database.role("a") + ", " + database.role("b") + "]"
                : "strategy: SingleRole\n      role: " + database.role("a");
        apply(
                "rotation.yaml",
                Map.of(
                        "port", String.valueOf(testbed.postgres().port()),
                        "database", database.name(),
                        "strategy", roles,
                        "namespace", namespace,
                        "ca", testbed.postgres().quotedCertificateAuthority(),
                        "health", health(),
                        "deadline", deadline.toSeconds() + "s"));
    }

    private String health() {
        var real = pods.healthUrl(namespace, "orders-api");
        return real.getScheme() + "://orders-api." + namespace + ".svc:" + real.getPort() + real.getPath();
    }

    /** Asks for a run, as {@code kubectl annotate} does. */
    public void rotateNow(String token) {
        // A patch of the annotation alone: the services write the same object's status meanwhile.
        rotation()
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"keyturn.io/rotate\":\"" + token + "\"}}}");
    }

    /** Gives consumers another time to move, from the next run on. */
    public void setDeadline(Duration deadline) {
        rotation()
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"consumers\":{\"deadline\":\"" + deadline.toSeconds() + "s\"}}}");
    }

    public Resource<GenericKubernetesResource> rotation() {
        return kubernetes()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(namespace)
                .withName("orders-db");
    }

    /** A field of the SecretRotation's status, such as {@code phase} or {@code lastRotation.outcome}. */
    public @Nullable String status(String path) {
        var found = rotation().get();
        Object at = found == null ? null : found.getAdditionalProperties().get("status");
        for (var step : path.split("\\.")) {
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return at == null ? null : at.toString();
    }

    /** Status, reason or message of a condition. */
    public @Nullable String condition(String type, String field) {
        var found = rotation().get();
        if (found != null
                && found.getAdditionalProperties().get("status") instanceof Map<?, ?> status
                && status.get("conditions") instanceof List<?> conditions) {
            for (var condition : conditions) {
                if (condition instanceof Map<?, ?> map && type.equals(map.get("type"))) {
                    return Objects.toString(map.get(field), null);
                }
            }
        }
        return null;
    }

    public String namespace() {
        return namespace;
    }

    /** The role's name in the database. */
    public String role(String role) {
        return database.role(role);
    }

    /** The passwords the shop was opened with. */
    public Set<String> firstPasswords() {
        return database.passwords();
    }

    /** A field of the live credential in Vault: {@code username}, {@code password} or {@code note}. */
    public String live(String field) {
        return database.live(field);
    }

    /** The URL that applications read now. */
    public String published() {
        var data = kubernetes()
                .secrets()
                .inNamespace(namespace)
                .withName(SECRET)
                .get()
                .getData();
        return new String(Base64.getDecoder().decode(data.get("DATABASE_URL")), StandardCharsets.UTF_8);
    }

    /** How often each application was rolled: the generation of its Deployment. */
    public long generation(String app) {
        return kubernetes()
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName(app)
                .get()
                .getMetadata()
                .getGeneration();
    }

    public void awaitAvailable() {
        Awaitility.await("all applications available")
                .atMost(Duration.ofSeconds(90))
                .until(() -> APPS.stream().allMatch(app -> {
                    var deployment = kubernetes()
                            .apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName(app)
                            .get();
                    var status = deployment.getStatus();
                    return status != null
                            && Objects.equals(
                                    status.getObservedGeneration(),
                                    deployment.getMetadata().getGeneration())
                            && Objects.equals(
                                    status.getAvailableReplicas(),
                                    deployment.getSpec().getReplicas())
                            && Objects.equals(
                                    status.getUpdatedReplicas(),
                                    deployment.getSpec().getReplicas())
                            && Objects.equals(
                                    status.getReplicas(), deployment.getSpec().getReplicas());
                }));
    }

    /** Ends the applications, and with them their logins; everything else stays to be looked at. */
    public void closeApplications() {
        kubernetes().apps().deployments().inNamespace(namespace).delete();
        Awaitility.await("no pods in " + namespace)
                .atMost(Duration.ofSeconds(60))
                .until(() -> kubernetes()
                        .pods()
                        .inNamespace(namespace)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    private KubernetesClient kubernetes() {
        return testbed.kubernetes().admin();
    }

    private void apply(String manifest, Map<String, String> values) {
        try (var in = Objects.requireNonNull(Shop.class.getResourceAsStream("/shop/" + manifest))) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var value : values.entrySet()) {
                text = text.replace("${" + value.getKey() + "}", value.getValue());
            }
            var file = Scratch.folder("shop").resolve(manifest);
            Files.writeString(file, text);
            testbed.kubernetes().apply(file, namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
