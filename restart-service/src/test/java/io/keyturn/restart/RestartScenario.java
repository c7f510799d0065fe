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
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.WorkloadHealthy;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.contract.reference.ResourceVersion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionFactory;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import static org.awaitility.Awaitility.await;

/** What the tests of the running service share: a namespace each, facts as they were stated, and ways to wait. */
abstract class RestartScenario {
    protected static KubernetesClient admin;
    protected static Producer<String, byte[]> watcher;
    protected static Facts facts;

    protected Shop shop;

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
        facts.close();
        watcher.close();
        admin.close();
    }

    @BeforeEach
    void open() {
        shop = new Shop(admin, watcher);
    }

    /** Content that everybody in the namespace has been seen to use. */
    protected io.keyturn.contract.codec.EventEnvelope adopted(String secret, String... assignments) {
        soon().until(() -> !readers(secret).equals("[]"));
        var event = shop.changed(secret, null, assignments);
        fence(secret, assignments);
        return event;
    }

    protected void fence(String secret, String... assignments) {
        fenceStamped(secret, null, assignments);
    }

    /**
     * States the content once more and waits until that, and so everything stated about the Secret before, is recorded, planned
     * for, and every plan of the namespace is over.
     */
    protected void fenceStamped(
            String secret, @org.jspecify.annotations.Nullable String publication, String... assignments) {
        var event =
                (SecretChanged) shop.changed(secret, publication, assignments).event();
        soon().until(() -> isPlanned("Secret/" + shop.namespace + "/" + secret, event.resourceVersion()));
    }

    protected boolean isPlanned(String object, ResourceVersion version) throws SQLException {
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

    protected static Connection database() throws SQLException {
        return DriverManager.getConnection(
                config("quarkus.datasource.jdbc.url"),
                config("quarkus.datasource.username"),
                config("quarkus.datasource.password"));
    }

    protected static long count(String from) throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from " + from)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The process that sent it is dead, and nobody takes its plan over for now. */
    protected void forgetThePatch() throws SQLException {
        change("update plan_item set state = 'PATCHING', generation = 0 where namespace = '" + shop.namespace + "'");
        change("update plan set owner = 'dead', owned_until = now() + interval '1 hour' where namespace = '"
                + shop.namespace + "' and state = 'RUNNING'");
    }

    protected static void change(String sql) throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    protected String baseline(String secret) throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select content from baseline where object = 'Secret/%s/%s'"
                        .formatted(shop.namespace, secret))) {
            rows.next();
            return rows.getString(1);
        }
    }

    protected void rememberInUse(String secret, String content) throws SQLException {
        change("update baseline set content = '%s' where object = 'Secret/%s/%s'"
                .formatted(content, shop.namespace, secret));
    }

    /** As the owner of the tables. */
    protected static Connection owner() throws SQLException {
        return DriverManager.getConnection(
                config("quarkus.datasource.jdbc.url"),
                config("quarkus.flyway.username"),
                config("quarkus.flyway.password"));
    }

    protected List<RestartCompleted> completed(int count) {
        soon().until(() -> facts.of(shop.namespace, RestartCompleted.class).size() >= count);
        return facts.of(shop.namespace, RestartCompleted.class);
    }

    protected List<String> patched() {
        return facts.of(shop.namespace, WorkloadPatched.class).stream()
                .map(f -> f.workload().name())
                .toList();
    }

    protected void readyUntilHealthy(String name, int healthy) {
        soon().until(() -> {
            shop.makeReady(name);
            return facts.of(shop.namespace, WorkloadHealthy.class).size() >= healthy;
        });
    }

    protected void rotation(String name, List<String> secrets, String consumers) {
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

    /** Gives the consumers of a SecretRotation another time. */
    protected void deadline(String name, String deadline) {
        admin.genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(shop.namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"consumers\":{\"deadline\":\"" + deadline + "\"}}}");
    }

    protected String readers(String secret) {
        return get("/restarts/readers?kind=Secret&namespace=" + shop.namespace + "&name=" + secret)
                .body();
    }

    protected static HttpResponse<String> get(String path) {
        try (var http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    protected static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    protected static String config(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    protected static Map<String, String> client(String prefix) {
        var settings = new HashMap<String, String>();
        ConfigProvider.getConfig().getPropertyNames().forEach(name -> {
            if (name.startsWith(prefix)) {
                settings.put(name.substring(prefix.length()), config(name));
            }
        });
        return settings;
    }
}
