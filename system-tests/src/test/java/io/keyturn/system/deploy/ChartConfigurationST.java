package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The packaged services know every property that the chart gives them. The servers it names need not be there for that. */
class ChartConfigurationST {
    private static final String NONSENSE = "quarkus.datasource.nonsense";
    private static final Pattern UNKNOWN = Pattern.compile("Unrecognized configuration key \\\\?\"([^\"\\\\]+)");

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation", "restart", "audit"})
    void serviceKnowsWhatTheChartSays(String service, @TempDir Path folder) throws Exception {
        var config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(config.resolve("application.properties"), properties(service));
        var log = folder.resolve("log");
        var process = start(service, folder, log);
        try {
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> !process.isAlive() || Chart.read(log).contains("Installed features"));
        } finally {
            process.destroyForcibly().waitFor();
        }

        var unknown = new TreeSet<String>();
        UNKNOWN.matcher(Chart.read(log)).results().forEach(found -> unknown.add(found.group(1)));
        // The nonsense shows that the file was read, and that what is not known is said.
        assertThat(unknown).as(Chart.read(log)).containsExactly(NONSENSE);
    }

    /** With addresses where nobody listens, and every part of the chart in use. */
    private static String properties(String service) {
        var values = new HashMap<String, Object>(Map.of(
                "kafka.bootstrapServers", "127.0.0.1:1",
                "kafka.caConfigMap", "",
                "kafka.securityProtocol", "SASL_PLAINTEXT",
                "vault.address", "http://127.0.0.1:1",
                "tracing.endpoint", "http://127.0.0.1:1"));
        values.put(service + ".config." + NONSENSE.replace(".", "\\."), "x");
        if (!service.equals("watcher")) {
            values.put(service + ".database.host", "127.0.0.1");
            values.put(service + ".database.port", 1);
        }
        return Chart.ofKind(Chart.render(values), "ConfigMap").stream()
                .filter(o -> o.at("/metadata/name").asText().equals("keyturn-" + service))
                .map(o -> o.at("/data/application.properties").asText())
                .findFirst()
                .orElseThrow()
                .replace("quarkus.http.port=8080", "quarkus.http.port=0");
    }

    private static Process start(String service, Path folder, Path log) throws IOException {
        var container = Chart.ofKind(Chart.render(Map.of()), "Deployment").getFirst();
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        container
                .at("/spec/template/spec/containers/0/args")
                .forEach(argument ->
                        command.add(argument.asText().equals("app.jar") ? jar(service) : argument.asText()));
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "QUARKUS_DATASOURCE_PASSWORD", "none",
                                "QUARKUS_FLYWAY_PASSWORD", "none",
                                "QUARKUS_FLYWAY_CONNECT_RETRIES", "0",
                                "POD_NAMESPACE", "keyturn-system",
                                "KUBERNETES_MASTER", "http://127.0.0.1:1",
                                "KAFKA_SASL_JAAS_CONFIG",
                                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";"));
        return builder.start();
    }

    private static String jar(String service) {
        var folder = Tools.repository().resolve(service + "-service/target");
        try (var jars = Files.newDirectoryStream(folder, "*-runner.jar")) {
            return jars.iterator().next().toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
