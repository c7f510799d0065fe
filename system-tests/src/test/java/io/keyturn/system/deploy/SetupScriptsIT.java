package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.openbao.VaultApi;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Tools;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The scripts that prepare the servers of users, with the tools that users have, on real servers. */
class SetupScriptsIT {
    private static final Path DEPLOY = Tools.repository().resolve("deploy");
    private static final List<String> SERVICES = List.of("ROTATION", "RESTART", "AUDIT");
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    @Test
    void kafkaGetsEveryTopicAndRuleOfTheFiles(@TempDir Path folder) throws Exception {
        try (var server = KafkaServer.start()) {
            var variables = Map.of(
                    "KAFKA_BIN",
                    KafkaTools.in(folder).toString(),
                    "KAFKA_BOOTSTRAP_SERVERS",
                    server.bootstrapServers(),
                    "KAFKA_CLIENT_CONFIG",
                    KafkaTools.clientConfig(folder, server.clientConfig(KafkaServer.ADMIN))
                            .toString());

            run("kafka/setup.sh", folder, variables);

            assertThat(topics(server.admin())).isEqualTo(expectedTopics());
            assertThat(rules(server.admin())).isEqualTo(expectedRules());

            // What is there stays as it is; a part shows that as well as all of it.
            Shell.run(part(folder).toString(), "", folder, variables);
            assertThat(topics(server.admin())).isEqualTo(expectedTopics());
            assertThat(rules(server.admin())).isEqualTo(expectedRules());
        }
    }

    @Test
    void postgresGetsADatabaseAndTwoUsersPerService(@TempDir Path folder) throws Exception {
        try (var server = PostgresServer.start()) {
            var variables = new HashMap<>(Map.of(
                    "PGHOST", server.host(),
                    "PGPORT", String.valueOf(server.port()),
                    "PGUSER", PostgresServer.SUPERUSER,
                    "PGPASSWORD", server.superuserPassword()));
            for (var service : SERVICES) {
                variables.put(service + "_OWNER_PASSWORD", "owner-of-" + service);
                variables.put(service + "_PASSWORD", "user-of-" + service);
            }

            run("postgres/setup.sh", folder, variables);
            run("postgres/setup.sh", folder, variables);

            for (var service : SERVICES) {
                var name = "keyturn-" + service.toLowerCase(Locale.ROOT);
                try (var owner = server.connect(name, name + "-owner", "owner-of-" + service);
                        var user = server.connect(name, name, "user-of-" + service)) {
                    owner.createStatement().execute("create table kept (id int)");
                    user.createStatement().execute("insert into kept values (1)");
                    notPermitted(() -> user.createStatement().execute("create table own (id int)"));
                    notPermitted(() -> user.createStatement().execute("truncate kept"));
                    if (service.equals("AUDIT")) {
                        notPermitted(() -> user.createStatement().execute("delete from kept"));
                        notPermitted(() -> user.createStatement().execute("update kept set id = 2"));
                    } else {
                        user.createStatement().execute("update kept set id = 2");
                        user.createStatement().execute("delete from kept");
                    }
                }
                for (var other : SERVICES) {
                    if (!other.equals(service)) {
                        var database = "keyturn-" + other.toLowerCase(Locale.ROOT);
                        notPermitted(() -> server.connect(database, name, "user-of-" + service));
                        notPermitted(() -> server.connect(database, name + "-owner", "owner-of-" + service));
                    }
                }
            }
        }
    }

    private static void notPermitted(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
    }

    @Test
    void vaultLetsServicesOutsideKubernetesInByPassword() throws Exception {
        try (var server = OpenBaoServer.start()) {
            var variables = Map.of(
                    "KEYTURN_VAULT_AUTH", "userpass",
                    "KEYTURN_WATCHER_PASSWORD", "watcher-password",
                    "KEYTURN_ROTATION_PASSWORD", "rotation-password");
            server.applySetup(DEPLOY.resolve("vault/setup.sh"), variables);
            server.applySetup(DEPLOY.resolve("vault/setup.sh"), variables);

            for (var policy : List.of("keyturn-watcher", "keyturn-rotation")) {
                assertThat(server.api()
                                .read("sys/policies/acl/" + policy)
                                .orElseThrow()
                                .at("/data/policy")
                                .asText())
                        .isEqualTo(Chart.read(DEPLOY.resolve("vault/policies/" + policy + ".hcl")));
            }
            var watcher = login(server, "keyturn-watcher", "watcher-password");
            assertThat(watcher.readSecret("keyturn", "fingerprint-master")).isPresent();
            notPermittedInVault(() -> watcher.readSecret("secret", "shop/orders-db"));
            var rotation = login(server, "keyturn-rotation", "rotation-password");
            rotation.writeSecret("secret", "shop/orders-db", Map.of("password", "some-password"));
            assertThat(rotation.readSecret("secret", "shop/orders-db")).isPresent();
            notPermittedInVault(() -> rotation.readSecret("keyturn", "fingerprint-master"));
        }
    }

    private static VaultApi login(OpenBaoServer server, String user, String password) {
        var answer = server.api().write("auth/userpass/login/" + user, Map.of("password", password));
        return server.api(answer.at("/auth/client_token").asText());
    }

    private static void notPermittedInVault(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        VaultRefused.class,
                        refused -> assertThat(refused.status()).isEqualTo(403));
    }

    /** The same script beside the first entries of its files. */
    private static Path part(Path folder) throws IOException {
        var part = Files.createDirectories(folder.resolve("part"));
        for (var file : List.of("topics.yaml", "acls.yaml")) {
            var entries = Chart.read(DEPLOY.resolve("kafka").resolve(file)).split("(?m)^(?=- )");
            Files.writeString(part.resolve(file), entries[0] + entries[1] + entries[2]);
        }
        return Files.copy(
                DEPLOY.resolve("kafka/setup.sh"), part.resolve("setup.sh"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** As the broker has them: name, partitions, and of its settings those that the topic itself carries. */
    static Set<String> topics(Admin admin) throws Exception {
        var names = admin.listTopics().names().get();
        var described = admin.describeTopics(names).allTopicNames().get();
        var resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        var configs = admin.describeConfigs(resources).all().get();
        var topics = new TreeSet<String>();
        configs.forEach((resource, config) -> topics.add(line(
                resource.name(),
                Objects.requireNonNull(described.get(resource.name()))
                        .partitions()
                        .size(),
                config.entries().stream()
                        .filter(entry -> entry.source()
                                == org.apache.kafka.clients.admin.ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .collect(Collectors.toMap(entry -> entry.name(), entry -> entry.value())))));
        return topics;
    }

    static Set<String> expectedTopics() {
        var expected = new TreeSet<String>();
        Chart.documents(DEPLOY.resolve("kafka/topics.yaml"))
                .forEach(topic -> expected.add(line(
                        topic.path("name").asText(),
                        topic.path("partitions").asInt(),
                        topic.path("config").properties().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        setting -> setting.getValue().asText())))));
        return expected;
    }

    private static String line(String name, int partitions, Map<String, String> settings) {
        return name + " " + partitions + " " + new java.util.TreeMap<>(settings);
    }

    static Set<String> rules(Admin admin) throws Exception {
        var rules = new TreeSet<String>();
        admin.describeAcls(AclBindingFilter.ANY)
                .values()
                .get()
                .forEach(binding -> rules.add(String.join(
                                " ",
                                binding.entry().permissionType().name(),
                                binding.entry().principal(),
                                binding.entry().operation().name(),
                                binding.pattern().resourceType().name(),
                                binding.pattern().patternType().name(),
                                binding.pattern().name())
                        .toLowerCase(Locale.ROOT)));
        return rules;
    }

    static Set<String> expectedRules() {
        var expected = new TreeSet<String>();
        Chart.documents(DEPLOY.resolve("kafka/acls.yaml"))
                .forEach(rule -> rule.path("operations").forEach(operation -> expected.add(rule(rule, operation))));
        return expected;
    }

    private static String rule(JsonNode rule, JsonNode operation) {
        return String.join(
                        " ",
                        "allow",
                        "User:" + rule.path("principal").asText(),
                        operation
                                .asText()
                                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                                .replace('-', '_'),
                        rule.path("resource").asText(),
                        rule.path("pattern").asText(),
                        rule.path("name").asText())
                .toLowerCase(Locale.ROOT);
    }

    private static void run(String script, Path folder, Map<String, String> variables) throws Exception {
        var output = Shell.run(DEPLOY.resolve(script).toString(), "", folder, variables);
        variables.forEach((name, value) -> {
            if (name.endsWith("PASSWORD")) {
                assertThat(output).doesNotContain(value);
            }
        });
    }
}
