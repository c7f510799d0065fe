package io.keyturn.system.deploy;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged services know every property that the chart gives them, and start with all of them as far as they can without servers. */
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
        var text = properties(service, Files.createDirectory(folder.resolve("mounted")));
        var properties = new Properties();
        properties.load(new StringReader(text));
        KnownProperties.assertInclude(properties.stringPropertyNames());

        ConfigurationTrial.assertStarts("chart", service, folder, text, ENVIRONMENT);
    }

    /** With addresses where nobody listens, every part of the chart in use, and what it mounts in a folder. */
    private static String properties(String service, Path mounted) throws Exception {
        var values = new HashMap<String, Object>(Map.of(
                "kafka.bootstrapServers", "127.0.0.1:1",
                "kafka.securityProtocol", "SASL_SSL",
                "vault.address", "http://127.0.0.1:1",
                "tracing.endpoint", "http://127.0.0.1:1"));
        values.put(service + ".config.quarkus\\.log\\.level", "INFO");
        if (!service.equals("watcher")) {
            values.put(service + ".database.host", "127.0.0.1");
            values.put(service + ".database.port", 1);
        }
        var authority = Files.writeString(mounted.resolve("ca.crt"), anAuthority());
        var token = Files.writeString(mounted.resolve("token"), "some token");
        return Chart.ofKind(Chart.render(values), "ConfigMap").stream()
                .filter(o -> o.at("/metadata/name").asText().equals("keyturn-" + service))
                .map(o -> o.at("/data/application.properties").asText())
                .findFirst()
                .orElseThrow()
                .replace("quarkus.http.port=8080", "quarkus.http.port=0")
                .replaceAll("/etc/keyturn/[a-z]+/ca\\.crt", authority.toString())
                .replace("/var/run/secrets/keyturn/vault/token", token.toString());
    }

    /** Any: the certificate of one that Java trusts. */
    private static String anAuthority() throws GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init((KeyStore) null);
        var certificate = ((X509TrustManager) trust.getTrustManagers()[0]).getAcceptedIssuers()[0];
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
