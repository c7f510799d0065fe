package io.keyturn.restart;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartPlanned;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.RestartSuperseded;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.resource.Annotations;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionFactory;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The service against a real API server with its controllers, Kafka with ACLs in force, and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class RestartIT {
    private static KubernetesClient admin;
    private static Producer<String, byte[]> watcher;
    private static Facts facts;

    private Shop shop;

    @BeforeAll
    static void connect() throws Exception {
        admin = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(Path.of(config("test.kubeconfig")))))
                .build();
        var properties = new Properties();
        properties.putAll(client("test.watcher."));
        watcher = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        facts = new Facts(client("test.admin."));
    }

    @AfterAll
    static void disconnect() {
        System.out.println("TEMP "
                + get("/q/metrics")
                        .body()
                        .lines()
                        .filter(l -> l.startsWith("keyturn_restart"))
                        .toList());
        facts.close();
        watcher.close();
        admin.close();
    }

    @BeforeEach
    void open() {
        shop = new Shop(admin, watcher);
    }

    @Test
    void atFirstSightContentIsAdoptedAndNobodyRolls() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        shop.changed("db", null, "PASSWORD=1");
        fence("db", "PASSWORD=1");
        assertThat(shop.generation("api")).isEqualTo(1);
        assertThat(shop.content("api")).isNull();
    }

    @Test
    void changedContentIsOnePatchAndIsReportedToTheEnd() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        completed(1);
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
        assertThat(shop.content("api")).matches("[0-9a-f]{32}");
        assertThat(facts.of(shop.namespace).stream().<Class<?>>map(RestartEvent::getClass))
                .containsExactly(
                        RestartPlanned.class, WorkloadPatched.class, WorkloadHealthy.class, RestartCompleted.class);
        assertThat(facts.of(shop.namespace, WorkloadPatched.class).getFirst().generation())
                .isEqualTo(2);
        assertThat(shop.current("api").getMetadata().getManagedFields())
                .anyMatch(field -> "keyturn-restart".equals(field.getManager()));
        soon().until(() -> admin.v1().events().inNamespace(shop.namespace).list().getItems().stream()
                .anyMatch(e -> "KeyturnRestart".equals(e.getReason())));
    }

    @Test
    void aRedeliveredOrOutdatedEventChangesNothing() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        var first = adopted("db", "PASSWORD=1");
        var second = shop.changed("db", null, "PASSWORD=2");
        completed(1);
        shop.send(second);
        // The same old content once more, as a new event with its old version: it must lose against what is known.
        shop.send(new io.keyturn.contract.codec.EventEnvelope(
                java.util.UUID.randomUUID(), first.source(), first.time(), first.key(), null, first.event()));
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void aKeyThatIsNotReferencedRollsNobody() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1", "OTHER=1");
        shop.changed("db", null, "PASSWORD=1", "OTHER=2");
        fence("db", "PASSWORD=1", "OTHER=2");
        assertThat(shop.generation("api")).isEqualTo(1);
    }

    @Test
    void whoDoesNotAskAndWhoOptsOutIsLeftAlone() {
        shop.deployment("silent", Map.of(), "db", "PASSWORD");
        shop.deployment(
                "out", Map.of(Annotations.RESTART, "false", "reloader.stakater.com/auto", "true"), "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        fence("db", "PASSWORD=2");
        assertThat(shop.generation("silent")).isEqualTo(1);
        assertThat(shop.generation("out")).isEqualTo(1);
    }

    @Test
    void aPublicationThatNobodyReadsIsAnsweredToo() {
        shop.changed("db", "r1.1", "PASSWORD=1");
        var completed = completed(1).getFirst();
        assertThat(completed.rolled()).isZero();
        assertThat(completed.unaffected()).isZero();
        assertThat(completed.plan().publication()).hasToString("r1.1");
    }

    @Test
    void equalContentStampedAnewIsAnsweredWithoutRolling() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        completed(1);
        shop.changed("db", "r1.2", "PASSWORD=2");
        var again = completed(2).getLast();
        assertThat(again.rolled()).isZero();
        assertThat(again.unaffected()).isEqualTo(1);
        assertThat(again.plan().publication()).hasToString("r1.2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void aSecretThatIsPublishedRollsItsConsumersButNeverTheTarget() {
        rotation("db", List.of("db"), "{deadline: 1m}");
        shop.create(new ServiceBuilder()
                .withNewMetadata()
                .withName("orders-db")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "postgres")
                .addNewPort()
                .withPort(5432)
                .endPort()
                .endSpec()
                .build());
        shop.deployment("postgres", ASKS, "db", "PASSWORD");
        shop.deployment("api", Map.of(), "db");
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        var completed = completed(1).getFirst();
        assertThat(completed.rolled()).isEqualTo(1);
        assertThat(completed.unaffected()).isEqualTo(1);
        assertThat(shop.generation("api")).isEqualTo(2);
        assertThat(shop.generation("postgres")).isEqualTo(1);
    }

    @Test
    void severalSecretsOfOnePublicationAreOnePlan() {
        rotation("db", List.of("one", "two"), "{deadline: 1m}");
        var template = shop.template("api", "one", "A");
        template.getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .addAll(shop.template("api", "two", "B")
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv());
        shop.deployment("api", 0, Map.of(), template);
        adopted("one", "A=1");
        adopted("two", "B=1");
        shop.changed("one", "r1.1", "A=2");
        shop.changed("two", "r1.1", "B=2");
        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        fenceStamped("one", "r1.1", "A=2");
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    @Test
    void statefulSetsAndDaemonSetsRollToo() {
        var stateful = shop.create(new StatefulSetBuilder()
                .withNewMetadata()
                .withName("ledger")
                .withAnnotations(ASKS)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withServiceName("ledger")
                .withNewSelector()
                .addToMatchLabels("app", "ledger")
                .endSelector()
                .withTemplate(shop.template("ledger", "db", "PASSWORD"))
                .endSpec()
                .build());
        var daemon = shop.create(new DaemonSetBuilder()
                .withNewMetadata()
                .withName("agent")
                .withAnnotations(ASKS)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "agent")
                .endSelector()
                .withTemplate(shop.template("agent", "db", "PASSWORD"))
                .endSpec()
                .build());
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        assertThat(completed(1).getFirst().rolled()).isEqualTo(2);
        assertThat(admin.resource(stateful)
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations())
                .containsKey(Annotations.CONTENT);
        assertThat(admin.resource(daemon)
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations())
                .containsKey(Annotations.CONTENT);
    }

    @Test
    void wavesRollInOrderAndNoMoreThanAllowedAtATime() {
        rotation("db", List.of("db"), "{waves: [[deployment/a, deployment/b], [deployment/c]], maxParallel: 1}");
        for (var name : List.of("a", "b", "c")) {
            shop.deployment(name, 1, Map.of(), shop.template(name, "db", "PASSWORD"));
        }
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        for (int step = 0; step < 3; step++) {
            var expected = step + 1;
            soon().until(() -> patched().size() == expected);
            assertThat(patched()).isEqualTo(List.of("a", "b", "c").subList(0, expected));
            readyUntilHealthy(patched().getLast(), expected);
        }
        assertThat(completed(1).getFirst().rolled()).isEqualTo(3);
        assertThat(facts.of(shop.namespace, RestartPlanned.class).getFirst().workloads())
                .extracting(p -> p.workload().name() + p.wave())
                .containsExactly("a0", "b0", "c1");
    }

    @Test
    void atTheDeadlineThePlanFailsAndItsContentIsParkedUntilItIsPublishedAnew() {
        rotation("db", List.of("db"), "{deadline: 5s, maxParallel: 1}");
        shop.deployment("a", 1, Map.of(), shop.template("a", "db", "PASSWORD"));
        shop.deployment("b", 1, Map.of(), shop.template("b", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> !facts.of(shop.namespace, RestartFailed.class).isEmpty());
        var failed = facts.of(shop.namespace, RestartFailed.class).getFirst();
        assertThat(failed.reason()).isEqualTo(RestartReason.DEADLINE);
        assertThat(failed.workload()).extracting(w -> w.name()).isEqualTo("a");
        fenceStamped("db", "r1.1", "PASSWORD=2", "UNREAD=1");
        assertThat(shop.generation("b")).isEqualTo(1);

        shop.changed("db", "r1.2", "PASSWORD=2");
        readyUntilHealthy("a", 1);
        readyUntilHealthy("b", 2);
        assertThat(patched()).containsOnlyOnce("a").containsOnlyOnce("b");
    }

    @Test
    void newerContentTakesOverAndGoesBackOnlyWhereTheOldPlanHadBeen() {
        rotation("db", List.of("db"), "{waves: [[deployment/a], [deployment/b]]}");
        shop.deployment("a", 1, Map.of(), shop.template("a", "db", "PASSWORD"));
        shop.deployment("b", 1, Map.of(), shop.template("b", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> patched().equals(List.of("a")));
        shop.changed("db", "r1.2", "PASSWORD=1");
        soon().until(() -> patched().equals(List.of("a", "a")));
        var planned = facts.of(shop.namespace, RestartPlanned.class);
        var superseded = facts.of(shop.namespace, RestartSuperseded.class);
        assertThat(superseded).hasSize(1);
        assertThat(superseded.getFirst().plan().id())
                .isEqualTo(planned.getFirst().plan().id());
        assertThat(superseded.getFirst().by())
                .isEqualTo(planned.getLast().plan().id());
        readyUntilHealthy("a", 1);
        assertThat(completed(1).getFirst().plan().publication()).hasToString("r1.2");
        assertThat(shop.generation("b")).isEqualTo(1);
    }

    @Test
    void aPlanWhoseDriverDiedBeforeItCouldRecordThePatchIsTakenOverAndRollsNobodyTwice() throws Exception {
        shop.deployment("a", 1, ASKS, shop.template("a", "db", "PASSWORD"));
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        soon().until(() -> patched().equals(List.of("a")));
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute("update plan_item set state = 'PATCHING', generation = 0 where namespace = '"
                    + shop.namespace + "'");
            statement.execute(
                    "update plan set owner = 'dead', owned_until = now() where namespace = '" + shop.namespace + "'");
        }
        readyUntilHealthy("a", 1);
        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        assertThat(shop.generation("a")).isEqualTo(2);
    }

    @Test
    void aNewReferenceAdoptsThePresentContent() {
        shop.deployment("api", ASKS, "db", "USER");
        adopted("db", "USER=1", "PASSWORD=1");
        shop.changed("db", null, "USER=1", "PASSWORD=2");
        admin.resource(shop.current("api"))
                .edit(it -> it.edit()
                        .editSpec()
                        .withTemplate(shop.template("api", "db", "USER", "PASSWORD"))
                        .endSpec()
                        .build());
        soon().until(() -> readers("db").contains("PASSWORD,USER"));
        shop.changed("db", null, "USER=1", "PASSWORD=2", "OTHER=1");
        fence("db", "USER=1", "PASSWORD=2");
        assertThat(shop.generation("api")).isEqualTo(2);
        shop.changed("db", null, "USER=1", "PASSWORD=3");
        soon().until(() -> shop.generation("api") == 3);
    }

    @Test
    void plansAndReadersCanBeAskedFor() throws Exception {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        shop.changed("db", null, "PASSWORD=2");
        completed(1);
        assertThat(get("/restarts/plans?namespace=" + shop.namespace).body())
                .contains("\"state\":\"COMPLETED\"", "Deployment " + shop.namespace + "/api");
        assertThat(readers("db")).contains("Deployment " + shop.namespace + "/api", "\"keys\":\"PASSWORD\"");
        var refused = get("/restarts/readers?namespace=x&kind=Pod&name=y");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"field\":\"kind\"");
        assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/q/metrics").body())
                .contains("keyturn_restarts_total", "keyturn_restart_latency_seconds_count", "keyturn_plans_running");
    }

    /** Content that everybody in the namespace has been seen to use. */
    private io.keyturn.contract.codec.EventEnvelope adopted(String secret, String... assignments) {
        soon().until(() -> !readers(secret).equals("[]"));
        var event = shop.changed(secret, null, assignments);
        fence(secret, assignments);
        return event;
    }

    private void fence(String secret, String... assignments) {
        fenceStamped(secret, null, assignments);
    }

    /**
     * States the content once more and waits until that, and so everything stated about the Secret before, is recorded, planned
     * for, and every plan of the namespace is over.
     */
    private void fenceStamped(
            String secret, @org.jspecify.annotations.Nullable String publication, String... assignments) {
        var event =
                (SecretChanged) shop.changed(secret, publication, assignments).event();
        soon().until(() -> isPlanned("Secret/" + shop.namespace + "/" + secret, event.resourceVersion()));
    }

    private boolean isPlanned(String object, ResourceVersion version) throws SQLException {
        try (var connection = database();
                var query = connection.prepareStatement("""
                        select exists (select from object_content where object = ? and resource_version >= ?)
                           and not exists (select from plan_trigger where object = ?)
                           and not exists (select from plan where namespace = ? and state = 'RUNNING')
                        """)) {
            query.setString(1, object);
            query.setLong(2, Long.parseLong(version.value()));
            query.setString(3, object);
            query.setString(4, shop.namespace);
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    private static Connection database() throws SQLException {
        return DriverManager.getConnection(
                config("quarkus.datasource.jdbc.url"),
                config("quarkus.datasource.username"),
                config("quarkus.datasource.password"));
    }

    private List<RestartCompleted> completed(int count) {
        soon().until(() -> facts.of(shop.namespace, RestartCompleted.class).size() >= count);
        return facts.of(shop.namespace, RestartCompleted.class);
    }

    private List<String> patched() {
        return facts.of(shop.namespace, WorkloadPatched.class).stream()
                .map(f -> f.workload().name())
                .toList();
    }

    private void readyUntilHealthy(String name, int healthy) {
        soon().until(() -> {
            shop.makeReady(name);
            return facts.of(shop.namespace, WorkloadHealthy.class).size() >= healthy;
        });
    }

    private void rotation(String name, List<String> secrets, String consumers) {
        var publish = new StringBuilder();
        secrets.forEach(secret -> publish.append("    - secret: {name: ")
                .append(secret)
                .append(", data: {URL: \"{username}:{password}\"}}\n"));
        shop.create(Serialization.unmarshal(
                """
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %s}
                spec:
                  schedule: {every: 30d}
                  target:
                    postgres:
                      host: orders-db
                      database: orders
                      owner: orders_owner
                      roles: [orders_a, orders_b]
                      admin: {vault: {path: %s/admin}}
                  store: {vault: {path: %s/db}}
                  publish:
                %s  consumers: %s
                """.formatted(name, shop.namespace, shop.namespace, publish, consumers),
                GenericKubernetesResource.class));
    }

    private String readers(String secret) {
        return get("/restarts/readers?kind=Secret&namespace=" + shop.namespace + "&name=" + secret)
                .body();
    }

    private static HttpResponse<String> get(String path) {
        try (var http = HttpClient.newHttpClient()) {
            var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private static String config(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    private static Map<String, String> client(String prefix) {
        var settings = new HashMap<String, String>();
        ConfigProvider.getConfig().getPropertyNames().forEach(name -> {
            if (name.startsWith(prefix)) {
                settings.put(name.substring(prefix.length()), config(name));
            }
        });
        return settings;
    }
}
