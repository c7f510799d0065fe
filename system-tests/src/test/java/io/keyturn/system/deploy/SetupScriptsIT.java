package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The scripts that prepare the servers of users. */
class SetupScriptsIT {
    private static final Path DEPLOY = Tools.repository().resolve("deploy");

    @Test
    void kafkaGetsEveryTopicAndRuleOfTheFiles(@TempDir Path folder) throws Exception {
        var calls = folder.resolve("calls");
        for (var tool : List.of("kafka-topics.sh", "kafka-acls.sh")) {
            var stub = Files.writeString(
                    folder.resolve(tool), "#!/bin/sh\necho \"" + tool + " $*\" >> \"" + calls + "\"\n");
            assertThat(stub.toFile().setExecutable(true)).isTrue();
        }

        run("kafka/setup.sh", Map.of("KAFKA_BIN", folder.toString(), "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"));

        var topics = new TreeSet<String>();
        var rules = new TreeSet<String>();
        for (var call : Files.readAllLines(calls)) {
            if (call.startsWith("kafka-topics.sh")) {
                topics.add(topic(options(call)));
            } else {
                rules.addAll(rules(options(call)));
            }
        }
        assertThat(topics).isEqualTo(expectedTopics());
        assertThat(rules).isEqualTo(expectedRules());
    }

    @Test
    void postgresGetsADatabaseAndTwoUsersPerService() throws Exception {
        assumeThat(onPath("psql") && onPath("createdb"))
                .as("psql and createdb are not installed")
                .isTrue();
        try (var server = PostgresServer.start()) {
            var variables = new HashMap<>(Map.of(
                    "PGHOST", server.host(),
                    "PGPORT", String.valueOf(server.port()),
                    "PGUSER", PostgresServer.SUPERUSER,
                    "PGPASSWORD", server.superuserPassword()));
            for (var service : List.of("ROTATION", "RESTART", "AUDIT")) {
                variables.put(service + "_OWNER_PASSWORD", "owner-of-" + service);
                variables.put(service + "_PASSWORD", "user-of-" + service);
            }

            run("postgres/setup.sh", variables);
            run("postgres/setup.sh", variables);

            try (var owner = server.connect("keyturn-audit", "keyturn-audit-owner", "owner-of-AUDIT");
                    var user = server.connect("keyturn-audit", "keyturn-audit", "user-of-AUDIT")) {
                owner.createStatement().execute("create table kept (id int)");
                user.createStatement().execute("insert into kept values (1)");
                assertThatThrownBy(() -> user.createStatement().execute("delete from kept"))
                        .isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> server.connect("keyturn-rotation", "keyturn-audit", "user-of-AUDIT"))
                    .isInstanceOf(SQLException.class);
        }
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

            var login =
                    server.api().write("auth/userpass/login/keyturn-watcher", Map.of("password", "watcher-password"));
            var watcher = server.api(login.at("/auth/client_token").asText());
            assertThat(watcher.readSecret("keyturn", "fingerprint-master")).isPresent();
            assertThatThrownBy(() -> watcher.readSecret("secret", "shop/orders-db"))
                    .isInstanceOf(VaultRefused.class);
        }
    }

    private static String topic(Map<String, List<String>> options) {
        return String.join(
                " ",
                String.join(",", options.getOrDefault("topic", List.of())),
                String.join(",", options.getOrDefault("partitions", List.of())),
                String.join(",", options.getOrDefault("config", List.of())));
    }

    private static Set<String> expectedTopics() {
        var expected = new TreeSet<String>();
        Chart.documents(DEPLOY.resolve("kafka/topics.yaml"))
                .forEach(topic -> expected.add(String.join(
                        " ",
                        topic.path("name").asText(),
                        topic.path("partitions").asText(),
                        topic.path("config").properties().stream()
                                .map(setting -> setting.getKey() + "="
                                        + setting.getValue().asText())
                                .collect(Collectors.joining(",")))));
        return expected;
    }

    private static Set<String> expectedRules() {
        var expected = new TreeSet<String>();
        Chart.documents(DEPLOY.resolve("kafka/acls.yaml"))
                .forEach(rule -> rule.path("operations")
                        .forEach(operation -> expected.add(String.join(
                                " ",
                                "User:" + rule.path("principal").asText(),
                                operation.asText(),
                                rule.path("resource").asText(),
                                rule.path("pattern").asText(),
                                rule.path("name").asText()))));
        return expected;
    }

    private static List<String> rules(Map<String, List<String>> options) {
        var rules = new ArrayList<String>();
        for (var resource : List.of("topic", "group")) {
            for (var name : options.getOrDefault(resource, List.of())) {
                for (var operation : options.getOrDefault("operation", List.of())) {
                    rules.add(String.join(
                            " ",
                            options.getOrDefault("allow-principal", List.of()).getFirst(),
                            operation,
                            resource,
                            options.getOrDefault("resource-pattern-type", List.of())
                                    .getFirst(),
                            name));
                }
            }
        }
        return rules;
    }

    /** The options of a command line, each with its values in order. */
    private static Map<String, List<String>> options(String call) {
        var options = new HashMap<String, List<String>>();
        for (var option : call.split(" --", -1)) {
            var words = option.split(" ", 2);
            if (words.length == 2) {
                options.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(words[1]);
            }
        }
        return options;
    }

    private static boolean onPath(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("bash", "-c", "command -v " + program)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void run(String script, Map<String, String> variables) throws Exception {
        var builder = new ProcessBuilder("bash", DEPLOY.resolve(script).toString())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(variables);
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        variables.forEach((name, value) -> {
            if (name.endsWith("PASSWORD")) {
                assertThat(output).doesNotContain(value);
            }
        });
    }
}
