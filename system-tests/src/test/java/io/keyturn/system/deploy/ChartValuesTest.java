package io.keyturn.system.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Nothing in the chart's {@code values.yaml} is there for show: who changes a value gets other objects. */
class ChartValuesTest {
    private static final String OF_A_SERVICE = "^(watcher|rotation|restart|audit)\\.";

    static Stream<String> leaves() {
        var leaves = new ArrayList<String>();
        collect("", Chart.documents(Chart.FOLDER.resolve("values.yaml")).getFirst(), leaves);
        return leaves.stream();
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void anotherValueMakesOtherObjects(String leaf) {
        var given = given(leaf);
        var changed = new HashMap<>(given);
        changed.putAll(other(leaf));

        assertThat(Chart.renderText(changed)).isNotEqualTo(Chart.renderText(given));
    }

    /** Another value that is as good. */
    private static Map<String, Object> other(String leaf) {
        return switch (leaf.replaceFirst(OF_A_SERVICE, "")) {
            case "cluster", "kafka.caConfigMap", "vault.caConfigMap", "database.tls.caConfigMap" ->
                Map.of(leaf, "other");
            case "kafka.bootstrapServers" -> Map.of(leaf, "other:9093");
            case "kafka.securityProtocol" -> Map.of(leaf, "SASL_PLAINTEXT");
            case "kafka.saslMechanism" -> Map.of(leaf, "PLAIN");
            case "vault.address", "tracing.endpoint" -> Map.of(leaf, "https://other.example.org:4711");
            case "database.tls.mode" -> Map.of(leaf, "require");
            case "tracing.ratio" -> Map.of(leaf, 0);
            case "vault.audience", "image.registry", "image.tag" -> Map.of(leaf, "other");
            case "image.pullPolicy" -> Map.of(leaf, "Always");
            case "image.pullSecrets", "secretNamespaces" -> Map.of(leaf + "[0]", "other");
            case "jvmOptions" -> Map.of(leaf + "[0]", "-Xother");
            case "resources.requests.cpu", "resources.requests.memory", "resources.limits.memory" ->
                Map.of(leaf, "999Mi");
            case "resources" -> Map.of(leaf + ".limits.memory", "999Mi");
            case "podLabels", "podAnnotations", "nodeSelector", "config" -> Map.of(leaf + ".other", "yes");
            case "tolerations" -> Map.of(leaf + "[0].key", "other");
            case "enabled", "admission.enabled" -> Map.of(leaf, false);
            case "replicas" -> Map.of(leaf, 7);
            case "existingSecret", "database.host", "database.name" -> Map.of(leaf, "other");
            case "database.port" -> Map.of(leaf, 4711);
            case "secretAccess" -> Map.of(leaf, "namespaced");
            default -> throw new AssertionError("Say here what else may stand in " + leaf);
        };
    }

    /** What else must be given for it to matter. */
    private static Map<String, Object> given(String leaf) {
        return switch (leaf) {
            case "tracing.ratio" -> Map.of("tracing.endpoint", "https://collector.example.org:4317");
            case "rotation.secretAccess" -> Map.of("rotation.secretNamespaces[0]", "shop");
            case "rotation.secretNamespaces" ->
                Map.of("rotation.secretAccess", "namespaced", "rotation.secretNamespaces[0]", "shop");
            default -> Map.of();
        };
    }

    private static void collect(String path, JsonNode node, List<String> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), leaves));
        } else {
            leaves.add(path);
        }
    }
}
