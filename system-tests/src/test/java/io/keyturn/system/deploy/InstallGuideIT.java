package io.keyturn.system.deploy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.system.docs.CodeBlocks;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Tools;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The installation guide, followed to the letter on real servers that speak TLS, from the passwords up to {@code helm install};
 * what Helm would install is then applied, and each of its four services started as its container would be.
 */
class InstallGuideIT {
    private static final String GUIDE = "docs/guides/install.md";
    private static final List<String> SERVICES = List.of("watcher", "rotation", "restart", "audit");

    @Test
    void whoFollowsTheGuideHasFourServicesThatAreReady(@TempDir Path folder) throws Exception {
        try (var testbed = new Testbed((_, _) -> {}).withTls()) {
            testbed.begin(
                    Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.POSTGRES, Testbed.Server.OPENBAO);
            testbed.openBao().enableKubernetesAuth(testbed.kubernetes());
            Files.createSymbolicLink(
                    folder.resolve("deploy"), Tools.repository().resolve("deploy"));
            Files.copy(testbed.kafka().certificateAuthority(), folder.resolve("kafka-ca.crt"));
            Files.copy(testbed.openBao().certificateAuthority(), folder.resolve("vault-ca.crt"));
            Files.copy(testbed.postgres().certificateAuthority(), folder.resolve("postgres-ca.crt"));
            var given = given(testbed, folder);

            Shell.run(script(given), "", folder, given);

            var install = Chart.renderText(addresses(testbed));
            assertEveryReferenceLeadsSomewhere(testbed, Chart.documents(install));
            SERVICES.forEach(service -> assertLogsInToKafka(testbed.kafka(), secret(testbed, service)));
            for (var service : List.of("rotation", "restart", "audit")) {
                assertLogsInToItsDatabase(testbed.postgres(), service, secret(testbed, service));
            }
            var applied = Files.writeString(folder.resolve("install.yaml"), install);
            testbed.kubernetes().apply(Chart.FOLDER.resolve("crds"));
            testbed.kubernetes().apply(applied);
            assertLogsInToVault(testbed);
            assertAllAreReady(testbed, Chart.documents(install), Files.createDirectory(folder.resolve("pods")));
        }
    }

    /** Where the example's values say where servers are. All else stays: TLS that verifies whom it talks to. */
    private static Map<String, Object> addresses(Testbed testbed) {
        var addresses = new HashMap<String, Object>();
        addresses.put("kafka.bootstrapServers", testbed.kafka().bootstrapServers());
        addresses.put("vault.address", testbed.openBao().address());
        for (var service : List.of("rotation", "restart", "audit")) {
            addresses.put(service + ".database.host", testbed.postgres().host());
            addresses.put(service + ".database.port", testbed.postgres().port());
        }
        return addresses;
    }

    private static void assertAllAreReady(Testbed testbed, List<JsonNode> install, Path folder) throws Exception {
        testbed.kubernetes().createNamespace("shop");
        testbed.kubernetes()
                .admin()
                .resource(TestObjects.secret("shop", "orders-db", "password", "nobody's"))
                .create();
        var services = new HashMap<String, InstalledService>();
        try {
            for (var deployment : Chart.ofKind(install, "Deployment")) {
                var name = deployment.at("/metadata/name").asText();
                services.put(
                        name,
                        new InstalledService(
                                testbed.kubernetes(), deployment, Files.createDirectory(folder.resolve(name))));
            }
            assertThat(services).hasSize(SERVICES.size());
            services.values().forEach(InstalledService::awaitReady);
            var audit = Objects.requireNonNull(services.get("keyturn-audit"));
            await("the Secret of an application is on record")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> audit.get("/audit/events?namespace=shop").contains("orders-db"));
            assertThat(audit.get("/audit/verify").replaceAll("\\s", "")).contains("\"ok\":true");
            assertSessionsAreEncrypted(testbed.postgres());
        } finally {
            services.values().forEach(InstalledService::close);
        }
    }

    @Test
    void passwordsOfTheFirstCredentialReachVaultAsTheyAreTyped(@TempDir Path folder) throws Exception {
        var block = CodeBlocks.of("docs/guides/rotate-your-first-postgresql-credential.md").stream()
                .filter(b -> b.heading().startsWith("2. "))
                .findFirst()
                .orElseThrow();
        try (var server = OpenBaoServer.start()) {
            Shell.run(
                    block.text(),
                    "with space & = $x\nthe-application's\n",
                    folder,
                    Map.of("BAO_ADDR", server.address(), "BAO_TOKEN", server.rootToken()));

            var admin =
                    server.api().readSecret("secret", "shop/orders-db-admin").orElseThrow();
            assertThat(admin.path("username").asText()).isEqualTo("orders_keyturn");
            assertThat(admin.path("password").asText()).isEqualTo("with space & = $x");
            var app = server.api().readSecret("secret", "shop/orders-db").orElseThrow();
            assertThat(app.path("username").asText()).isEqualTo("orders_app");
            assertThat(app.path("password").asText()).isEqualTo("the-application's");
        }
    }

    /** What the reader puts in place of the guide's examples. */
    private static Map<String, String> given(Testbed testbed, Path folder) throws Exception {
        var given = new HashMap<String, String>();
        given.put("KAFKA_BOOTSTRAP_SERVERS", testbed.kafka().bootstrapServers());
        given.put(
                "KAFKA_CLIENT_CONFIG",
                KafkaTools.clientConfig(folder, testbed.kafka().clientConfig(KafkaServer.ADMIN))
                        .toString());
        given.put("KAFKA_BIN", KafkaTools.in(folder).toString());
        given.put("PGHOST", testbed.postgres().host());
        given.put("PGPORT", String.valueOf(testbed.postgres().port()));
        given.put("PGUSER", PostgresServer.SUPERUSER);
        given.put("PGPASSWORD", testbed.postgres().superuserPassword());
        given.put("VAULT_ADDR", testbed.openBao().address());
        given.put("VAULT_CACERT", testbed.openBao().certificateAuthority().toString());
        given.put("BAO_CACERT", testbed.openBao().certificateAuthority().toString());
        given.put("VAULT_TOKEN", testbed.openBao().rootToken());
        // The auth method is configured already: this Vault is not in the cluster.
        given.put("KEYTURN_KUBERNETES_HOST", "");
        given.put("KUBECONFIG", testbed.kubernetes().kubeconfig().toString());
        return given;
    }

    /** Steps 3 to 7, without the lines that say what is given. */
    private static String script(Map<String, String> given) {
        var blocks = CodeBlocks.of(GUIDE).stream()
                .filter(block ->
                        block.language().equals("sh") && block.heading().matches("[3-7]\\. .*"))
                .toList();
        assertThat(blocks).hasSize(5);
        return blocks.stream()
                .flatMap(block -> block.text().lines())
                .filter(line -> given.keySet().stream().noneMatch(name -> line.startsWith("export " + name + "=")))
                .collect(Collectors.joining("\n"));
    }

    private static void assertEveryReferenceLeadsSomewhere(Testbed testbed, List<JsonNode> install) {
        var made = Chart.ofKind(install, "ConfigMap").stream()
                .map(o -> o.at("/metadata/name").asText())
                .toList();
        for (var deployment : Chart.ofKind(install, "Deployment")) {
            var pod = deployment.at("/spec/template/spec");
            var keys = pod.findValues("secretKeyRef");
            assertThat(keys).isNotEmpty();
            keys.forEach(
                    reference -> assertThat(data(testbed, reference.path("name").asText()))
                            .as(deployment.at("/metadata/name").asText())
                            .containsKey(reference.path("key").asText()));
            for (var volume : pod.path("volumes")) {
                var name = volume.at("/configMap/name").asText();
                if (!name.isEmpty() && !made.contains(name)) {
                    var configMap = testbed.kubernetes()
                            .admin()
                            .configMaps()
                            .inNamespace("keyturn-system")
                            .withName(name)
                            .get();
                    assertThat(configMap).as(name).isNotNull();
                    assertThat(configMap.getData().get("ca.crt")).startsWith("-----BEGIN CERTIFICATE-----");
                }
            }
        }
    }

    private static void assertLogsInToKafka(KafkaServer kafka, Map<String, String> secret) {
        var config = new HashMap<String, Object>(kafka.clientConfig(KafkaServer.ADMIN));
        config.put("sasl.jaas.config", secret.get("kafka-jaas-config"));
        try (var client = Admin.create(config)) {
            assertThat(client.listTopics().names().get()).isNotEmpty().allMatch(topic -> topic.startsWith("keyturn."));
        } catch (Exception e) {
            throw new AssertionError("refused", e);
        }
    }

    /** PostgreSQL would let them in without. */
    private static void assertSessionsAreEncrypted(PostgresServer server) throws SQLException {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement();
                var sessions = statement.executeQuery("""
                        select count(distinct usename), bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)
                         where usename like 'keyturn-%'""")) {
            sessions.next();
            assertThat(sessions.getInt(1)).isEqualTo(3);
            assertThat(sessions.getBoolean(2)).isTrue();
        }
    }

    private static void assertLogsInToItsDatabase(PostgresServer server, String service, Map<String, String> secret)
            throws Exception {
        var name = "keyturn-" + service;
        var log = Files.readString(server.log());
        for (var login : Map.of(name, "database-password", name + "-owner", "database-owner-password")
                .entrySet()) {
            var password = Objects.requireNonNull(secret.get(login.getValue()));
            assertThat(password).hasSizeGreaterThan(20);
            server.connect(name, login.getKey(), password).close();
            assertThat(log).doesNotContain(password);
        }
        assertThat(log).doesNotContain("SCRAM-SHA-256$");
    }

    /** As the chart's pods do, by a token of their ServiceAccount. */
    private static void assertLogsInToVault(Testbed testbed) {
        var token = testbed.kubernetes()
                .token("keyturn-system", "keyturn-watcher", Duration.ofMinutes(10), List.of("vault"));
        var login =
                testbed.openBao().api().write("auth/kubernetes/login", Map.of("role", "keyturn-watcher", "jwt", token));
        var watcher = testbed.openBao().api(login.at("/auth/client_token").asText());
        assertThat(watcher.readSecret("keyturn", "fingerprint-master")).isPresent();
    }

    private static Map<String, String> secret(Testbed testbed, String service) {
        return data(testbed, "keyturn-" + service).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new String(Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8)));
    }

    private static Map<String, String> data(Testbed testbed, String secret) {
        var found = testbed.kubernetes()
                .admin()
                .secrets()
                .inNamespace("keyturn-system")
                .withName(secret)
                .get();
        assertThat(found).as("Secret " + secret).isNotNull();
        return found.getData();
    }
}
