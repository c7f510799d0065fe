package io.keyturn.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.process.StartFailed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A service with a setting that cannot work ends at once, with one log line that names the property and what to do. */
class RefusedStartST {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All that is needed; nobody listens at these addresses. */
    private static final Map<String, String> COMPLETE = Map.ofEntries(
            Map.entry("KEYTURN_CLUSTER", "c1"),
            Map.entry("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"),
            Map.entry("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/none"),
            Map.entry("QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://127.0.0.1:1/none"),
            Map.entry("QUARKUS_DATASOURCE_USERNAME", "nobody"),
            Map.entry("QUARKUS_DATASOURCE_PASSWORD", "nothing"),
            Map.entry("QUARKUS_FLYWAY_CONNECT_RETRIES", "0"),
            Map.entry("QUARKUS_VAULT_URL", "http://127.0.0.1:1"),
            Map.entry("QUARKUS_VAULT_AUTHENTICATION_KUBERNETES_ROLE", "nobody"),
            Map.entry("QUARKUS_HTTP_PORT", "0"));

    @ParameterizedTest
    @EnumSource
    void aServiceThatIsToldNothingNamesAllThatIsMissing(ServiceJar service) throws IOException {
        var line = refusal(service, "nothing", Map.of("QUARKUS_HTTP_PORT", "0"), List.of());

        assertThat(line.get("message").asText())
                .startsWith(
                        "KT1010: Refuses to start: keyturn.cluster (environment variable KEYTURN_CLUSTER) is missing: set it")
                .contains("kafka.bootstrap.servers (environment variable KAFKA_BOOTSTRAP_SERVERS) is missing");
        var database = service != ServiceJar.WATCHER;
        assertThat(line.get("message").asText().contains("quarkus.datasource.jdbc.url"))
                .isEqualTo(database);
        assertThat(line.get("message").asText().contains("quarkus.datasource.username"))
                .isEqualTo(database);
        var vault = service == ServiceJar.WATCHER || service == ServiceJar.ROTATION;
        assertThat(line.get("message").asText().contains("quarkus.vault.url")).isEqualTo(vault);
    }

    static Stream<Arguments> wrongSettings() {
        return Stream.of(
                arguments(ServiceJar.RESTART, "keyturn.cluster", "", "is empty"),
                arguments(ServiceJar.AUDIT, "keyturn.audit.retry.first", "soon", "a length of time such as"),
                arguments(ServiceJar.ROTATION, "keyturn.rotation.runner.concurrency", "many", "a whole number"),
                arguments(
                        ServiceJar.RESTART,
                        "keyturn.restart.max-parallel",
                        "0",
                        "must be a whole number from 1 to 1000"),
                arguments(ServiceJar.ROTATION, "keyturn.rotation.runner.claim", "0s", "must be longer than 0"),
                arguments(ServiceJar.WATCHER, "keyturn.watcher.observe.in-flight", "0", "from 1 to 1000"),
                arguments(
                        ServiceJar.WATCHER,
                        "keyturn.watcher.leader.renew-deadline",
                        "20s",
                        "make it two thirds of that"),
                arguments(ServiceJar.WATCHER, "kafka.security.protocol", "TLS", "SASL_SSL"),
                arguments(ServiceJar.WATCHER, "kafka.bootstrap.servers", "broker-host", "without a scheme"),
                arguments(
                        ServiceJar.WATCHER,
                        "kafka.ssl.truststore.location",
                        "/not/there.p12",
                        "a file that is not there"),
                arguments(
                        ServiceJar.WATCHER, "quarkus.vault.tls.ca-cert", "/not/there.pem", "a file that is not there"),
                arguments(
                        ServiceJar.ROTATION,
                        "quarkus.vault.authentication.kubernetes.jwt-token-path",
                        "/not/there",
                        "a file that is not there"),
                arguments(ServiceJar.WATCHER, "quarkus.vault.url", "vault-8200", "write it as https://"),
                arguments(
                        ServiceJar.AUDIT, "quarkus.datasource.jdbc.url", "jdbc:mysql://db/audit", "jdbc:postgresql://"),
                arguments(ServiceJar.RESTART, "quarkus.datasource.reactive.url", "db-5432", "postgresql://host"),
                arguments(
                        ServiceJar.AUDIT,
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://127.0.0.1:2/gone",
                        "names a server that does not answer"),
                arguments(ServiceJar.RESTART, "keyturn.restart.keep-plans", "0s", "must be longer than 0"),
                arguments(
                        ServiceJar.AUDIT,
                        "keyturn.audit.page.max-payload-bytes",
                        "0",
                        "a whole number from 1048576 on"),
                arguments(
                        ServiceJar.WATCHER, "keyturn.inbox.retentoin", "60d", "did you mean keyturn.inbox.retention?"),
                arguments(
                        ServiceJar.WATCHER,
                        "keyturn.watcher.leader.leese",
                        "mine",
                        "did you mean keyturn.watcher.leader.lease?"));
    }

    @ParameterizedTest
    @MethodSource("wrongSettings")
    void aWrongSettingIsNamedWithTheRemedyAndWithoutItsValue(
            ServiceJar service, String property, String value, String remedy) throws IOException {
        var variable = property.replaceAll("[^a-z]", "_").toUpperCase();
        var environment = new HashMap<>(COMPLETE);
        environment.put(variable, value);

        var line = refusal(service, property + "-" + Math.abs(value.hashCode()), environment, List.of());

        assertThat(line.get("message").asText())
                .startsWith("KT1010: Refuses to start: " + property + " (environment variable " + variable + ") ")
                .contains(remedy);
        assertThat(line.get("mdc").get("property").asText()).startsWith(property);
        if (value.length() > 1) {
            assertThat(line.toString()).doesNotContain(value);
        }
    }

    /** The database is set up before settings are looked at together, so there is one. */
    @Test
    void mountsThatAreOneAndTheSameAreRefused() throws IOException {
        try (var database = PostgresServer.start()) {
            var address = "postgresql://" + database.host() + ":" + database.port() + "/postgres";
            var environment = new HashMap<>(COMPLETE);
            environment.putAll(Map.of(
                    "QUARKUS_DATASOURCE_JDBC_URL",
                    "jdbc:" + address,
                    "QUARKUS_DATASOURCE_REACTIVE_URL",
                    address,
                    "QUARKUS_DATASOURCE_USERNAME",
                    PostgresServer.SUPERUSER,
                    "QUARKUS_DATASOURCE_PASSWORD",
                    database.superuserPassword(),
                    "KEYTURN_ROTATION_VAULT_PENDING_MOUNT",
                    "secret/"));

            var line = refusal(ServiceJar.ROTATION, "mounts", environment, List.of());

            assertThat(line.get("message").asText())
                    .isEqualTo("KT1010: Refuses to start: keyturn.rotation.vault.pending-mount (environment variable"
                            + " KEYTURN_ROTATION_VAULT_PENDING_MOUNT) is the same as keyturn.rotation.vault.mount: name"
                            + " another KV v2 mount, which nobody but rotation-service may read");
        }
    }

    @Test
    void aMisspeltPropertyOfAFileIsRefusedToo() throws IOException {
        var line = refusal(ServiceJar.WATCHER, "misspelt", COMPLETE, List.of("-Dkeyturn.watcher.obsrve.in-flight=3"));

        assertThat(line.get("message").asText())
                .contains("keyturn.watcher.obsrve.in-flight")
                .contains("is not a setting of this service: correct its name");
    }

    /** The one line that the service says of it; whatever else it printed is an ordinary log line, too. */
    private static JsonNode refusal(
            ServiceJar service, String name, Map<String, String> environment, List<String> options) throws IOException {
        var run = "refused-" + service.shortName() + "-" + name;
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(RunningService.jvmOptions());
        command.addAll(options);
        command.addAll(List.of("-jar", service.jar().toString()));

        assertThatThrownBy(() -> Child.run(run, command, environment, LIMIT))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("failed");

        var said = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(RunFolder.log(run))) {
            said.add(JSON.readTree(line));
        }
        assertThat(said)
                .filteredOn(line -> line.has("exception"))
                .as("stack traces")
                .isEmpty();
        assertThat(said)
                .filteredOn(line -> !"INFO".equals(line.get("level").asText()))
                .as("what is more than information")
                .hasSize(1);
        assertThat(said.getLast().get("level").asText()).isEqualTo("FATAL");
        return said.getLast();
    }
}
