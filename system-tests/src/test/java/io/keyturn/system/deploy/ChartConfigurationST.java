package io.keyturn.system.deploy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged services know every property that the chart gives them. The servers it names need not be there for that. */
class ChartConfigurationST {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "QUARKUS_DATASOURCE_PASSWORD",
            "none",
            "QUARKUS_FLYWAY_PASSWORD",
            "none",
            "QUARKUS_FLYWAY_CONNECT_RETRIES",
            "0",
            "POD_NAMESPACE",
            "keyturn-system",
            "KUBERNETES_MASTER",
            "http://127.0.0.1:1",
            "KAFKA_SASL_JAAS_CONFIG",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";");

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation", "restart", "audit"})
    void serviceKnowsWhatTheChartSays(String service, @TempDir Path folder) throws Exception {
        ConfigurationTrial.assertKnown(service, folder, properties(service), ENVIRONMENT);
    }

    /** With addresses where nobody listens, and every part of the chart in use. */
    private static String properties(String service) {
        var values = new HashMap<String, Object>(Map.of(
                "kafka.bootstrapServers", "127.0.0.1:1",
                "kafka.caConfigMap", "",
                "kafka.securityProtocol", "SASL_PLAINTEXT",
                "vault.address", "http://127.0.0.1:1",
                "tracing.endpoint", "http://127.0.0.1:1"));
        values.put(service + ".config.quarkus\\.log\\.level", "INFO");
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
}
