package io.keyturn.testbed.pod;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PodRunnerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ENV = """
            env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db, key: DATABASE_URL}}}]
            """;

    private static final List<PodEvent> EVENTS = new CopyOnWriteArrayList<>();
    private static KubernetesClient client;
    private static PostgresServer postgres;
    private static PodRunner runner;
    private static int tests;
    private String namespace;
    private String one;
    private String two;

    @BeforeAll
    static void start() {
        var testbed = Testbed.shared().begin(Testbed.Server.KUBERNETES, Testbed.Server.POSTGRES);
        client = testbed.kubernetes().admin();
        postgres = testbed.postgres();
        runner = PodRunner.start(
                client,
                PodRunner.Options.defaults()
                        .withVolumeRefresh(Duration.ofMillis(500))
                        .withListener(EVENTS::add));
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    @BeforeEach
    void prepare() {
        namespace = "pods-" + ++tests;
        one = "one_" + tests;
        two = "two_" + tests;
        Testbed.shared().kubernetes().createNamespace(namespace);
        for (var user : List.of(one, two)) {
            postgres.execute("postgres", "create role " + user + " login password 'p@ss/" + user + "'");
        }
        secret(one);
    }

    @AfterEach
    void clean() {
        client.apps().deployments().inNamespace(namespace).delete();
        runner.heal(namespace);
    }

    @Test
    void deploymentBecomesAvailableAndLogsInForReal() {
        deploy("pg-env", ENV);
        awaitAvailable();
        await().atMost(PATIENCE).until(() -> runner.ledger().successes(namespace, one) >= 10);

        assertThat(runner.ledger().failedLogins(namespace)).isEmpty();
        assertThat(runner.ledger().usersInUse(namespace)).containsExactly(one);
        assertThat(runner.ledger().loginsPerSecond(namespace, Duration.ofSeconds(5), Instant.now()))
                .containsOnlyKeys(one);
        assertThat(pods()).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getSpec().getNodeName()).isEqualTo(runner.nodeName());
            assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
            assertThat(pod.getStatus().getStartTime()).isNotNull();
            assertThat(pod.getStatus().getPodIP()).startsWith("10.244.");
        });
        assertThat(kinds()).contains(PodEvent.Kind.READY);
    }

    @Test
    void runningPodsKeepTheOldValueUntilTheyAreRolled() {
        deploy("pg-env", ENV);
        awaitAvailable();
        secret(two);
        long before = runner.ledger().successes(namespace, one);
        await().atMost(PATIENCE).until(() -> runner.ledger().successes(namespace, one) >= before + 10);
        assertThat(runner.ledger().successes(namespace, two)).isZero();

        roll();
        awaitRolled();
        await().atMost(PATIENCE)
                .until(() -> runner.ledger().usersInUse(namespace).equals(Set.of(two)));
        assertThat(runner.ledger().failedLogins(namespace)).isEmpty();
        assertThat(pods()).hasSize(2);
    }

    @Test
    void deletedPodsStopUsingTheirCredential() {
        deploy("pg-env", ENV);
        awaitAvailable();
        client.apps().deployments().inNamespace(namespace).withName("app").scale(0);
        await().atMost(PATIENCE).until(() -> pods().isEmpty());

        assertThat(runner.ledger().usersInUse(namespace)).isEmpty();
        var logins = runner.ledger().counts(namespace);
        await().during(Duration.ofMillis(600))
                .atMost(PATIENCE)
                .until(() -> runner.ledger().counts(namespace).equals(logins));
        assertThat(kinds()).contains(PodEvent.Kind.STOPPED);
    }

    @Test
    void envFromIsReadToo() {
        deploy("pg-envfrom", "envFrom: [{secretRef: {name: db}}]\n");
        awaitAvailable();
        assertThat(runner.ledger().usersInUse(namespace)).containsExactly(one);
    }

    @Test
    void aMissingKeyIsAConfigurationErrorUntilItIsThere() {
        deploy("pg-env", ENV.replace("key: DATABASE_URL", "key: URL"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(waiting()).containsExactly("CreateContainerConfigError"));
        assertThat(pods())
                .allSatisfy(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Pending"));

        apply(secretOf(Map.of("URL", url(one))));
        awaitAvailable();
    }

    @Test
    void aMissingReferenceOfAnInitContainerHoldsThePodUp() {
        deploy("pause", "", """
                initContainers:
                - name: prepare
                  image: keyturn.test/pause
                  env: [{name: X, valueFrom: {secretKeyRef: {name: later, key: x}}}]
                """);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pods()).isNotEmpty().allSatisfy(pod -> {
                    assertThat(pod.getStatus().getInitContainerStatuses()).hasSize(1);
                    assertThat(reason(pod.getStatus().getInitContainerStatuses().getFirst()))
                            .isEqualTo("CreateContainerConfigError");
                    assertThat(reason(pod.getStatus().getContainerStatuses().getFirst()))
                            .isEqualTo("PodInitializing");
                }));
        apply(new SecretBuilder()
                .withNewMetadata()
                .withName("later")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("x", "y")
                .build());
        awaitAvailable();
    }

    @Test
    void podsThatAreNeverReadyStallTheRollAndTheOldOnesStay() {
        deploy("pg-env", ENV);
        awaitAvailable();
        runner.nextPods(namespace, "app").unready();
        secret(two);
        roll();
        await().atMost(PATIENCE).until(() -> runner.ledger().successes(namespace, two) > 3);

        var status = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName("app")
                .get()
                .getStatus();
        assertThat(status.getAvailableReplicas()).isEqualTo(2);
        assertThat(runner.ledger().usersInUse(namespace)).containsExactlyInAnyOrder(one, two);

        runner.heal(namespace);
        awaitRolled();
    }

    @Test
    void crashAndImagePullFailureShowInTheStatus() {
        runner.nextPods(namespace, "app").crash();
        deploy("pg-env", ENV);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting()).containsExactly("CrashLoopBackOff"));
        await().atMost(PATIENCE)
                .until(() -> pods().getFirst()
                                .getStatus()
                                .getContainerStatuses()
                                .getFirst()
                                .getRestartCount()
                        > 1);

        runner.heal(namespace);
        awaitAvailable();
        runner.nextPods(namespace, "app").imagePullFailure();
        roll();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting()).containsExactly("ImagePullBackOff"));
    }

    @Test
    void mountedFilesChangeLaterAndSubPathNever() {
        deploy("pg-volume", """
                env: [{name: RELOAD, value: "true"}]
                volumeMounts: [{name: db, mountPath: /etc/db}]
                """, "volumes: [{name: db, secret: {secretName: db}}]\n");
        deployNamed("pinned", "pg-volume", """
                env: [{name: RELOAD, value: "true"}, {name: DATABASE_URL_FILE, value: /etc/url}]
                volumeMounts: [{name: db, mountPath: /etc/url, subPath: DATABASE_URL}]
                """, "volumes: [{name: db, secret: {secretName: db}}]\n");
        awaitAvailable();
        await().atMost(PATIENCE)
                .until(() -> runner.ledger().lastAttempts(namespace, "pinned").size() == 2);
        secret(two);
        await().atMost(PATIENCE).until(() -> users("app").equals(Set.of(two)));
        long before = runner.ledger().successes(namespace, one);
        await().atMost(PATIENCE).until(() -> runner.ledger().successes(namespace, one) > before + 5);
        assertThat(users("pinned")).containsExactly(one);
    }

    @Test
    void aRefusedLoginIsCountedAndMakesThePodUnready() throws Exception {
        deploy("pg-env", ENV);
        awaitAvailable();
        assertThat(health()).isEqualTo(200);
        postgres.execute("postgres", "alter role " + one + " password 'changed'");
        await().atMost(PATIENCE)
                .until(() -> runner.ledger().failedLogins(namespace).size() > 6);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(kinds()).contains(PodEvent.Kind.UNREADY));

        assertThat(health()).isEqualTo(503);
        assertThat(runner.ledger().failedLogins(namespace)).allSatisfy(login -> {
            assertThat(login.user()).isEqualTo(one);
            assertThat(login.sqlState()).isEqualTo("28P01");
        });
    }

    @Test
    void healthCanBeBrokenOnPurpose() throws Exception {
        deploy("pg-env", ENV);
        awaitAvailable();
        runner.breakHealth(namespace, "app");
        assertThat(health()).isEqualTo(503);
        runner.repairHealth(namespace, "app");
        assertThat(health()).isEqualTo(200);
    }

    private int health() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(runner.healthUrl(namespace, "app"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private Set<String> users(String app) {
        return runner.ledger().lastAttempts(namespace, app).stream()
                .map(LoginLedger.Login::user)
                .collect(java.util.stream.Collectors.toSet());
    }

    private List<PodEvent.Kind> kinds() {
        return EVENTS.stream()
                .filter(event -> event.namespace().equals(namespace))
                .map(PodEvent::kind)
                .toList();
    }

    private Set<String> waiting() {
        return pods().stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getState().getWaiting() != null)
                .map(PodRunnerIT::reason)
                .collect(java.util.stream.Collectors.toSet());
    }

    private static String reason(ContainerStatus status) {
        return status.getState().getWaiting().getReason();
    }

    private List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    private String url(String user) {
        return "postgresql://%s:p%%40ss%%2F%s@%s:%d/postgres".formatted(user, user, postgres.host(), postgres.port());
    }

    private void secret(String user) {
        apply(secretOf(Map.of("DATABASE_URL", url(user))));
    }

    private HasMetadata secretOf(Map<String, String> data) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData(data)
                .build();
    }

    private void deploy(String image, String container) {
        deploy(image, container, "");
    }

    private void deploy(String image, String container, String pod) {
        deployNamed("app", image, container, pod);
    }

    private void deployNamed(String name, String image, String container, String pod) {
        var yaml = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: NAME, namespace: NAMESPACE}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: NAME}}
                  template:
                    metadata: {labels: {app: NAME}}
                    spec:
                      containers:
                      - name: main
                        image: keyturn.test/IMAGE
                """.replace("NAMESPACE", namespace).replace("NAME", name).replace("IMAGE", image);
        apply(Serialization.unmarshal(yaml + container.indent(8) + pod.indent(6), HasMetadata.class));
    }

    private void apply(HasMetadata object) {
        client.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("test")
                        .withForce(true)
                        .build());
    }

    private void roll() {
        client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName("app")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"rolled\":\"" + Instant.now()
                                + "\"}}}}}");
    }

    private void awaitAvailable() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.apps()
                                .deployments()
                                .inNamespace(namespace)
                                .withName("app")
                                .get()
                                .getStatus()
                                .getAvailableReplicas())
                        .isEqualTo(2));
    }

    private void awaitRolled() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var deployment = client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName("app")
                    .get();
            assertThat(deployment.getStatus().getObservedGeneration())
                    .isEqualTo(deployment.getMetadata().getGeneration());
            assertThat(deployment.getStatus().getUpdatedReplicas()).isEqualTo(2);
            assertThat(deployment.getStatus().getAvailableReplicas()).isEqualTo(2);
            assertThat(deployment.getStatus().getReplicas()).isEqualTo(2);
        });
    }
}
