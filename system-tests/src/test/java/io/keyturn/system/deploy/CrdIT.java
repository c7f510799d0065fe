package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What the real API server says to every example of a SecretRotation in {@code deploy/examples}. */
class CrdIT {
    private static final String NAMESPACE = "shop";
    private static final Path DEPLOY = Tools.repository().resolve("deploy");
    private static final Pattern REFUSED = Pattern.compile("\\A# refused: (?<field>[^ :]+): (?<text>\\S.*)");

    /** The field of "some validation rules were not checked because the object was invalid". */
    private static final String OF_NO_FIELD = "<nil>";

    private static KubernetesServer kubernetes() {
        return Testbed.shared().kubernetes();
    }

    @BeforeAll
    static void install() {
        kubernetes().apply(DEPLOY.resolve("crds"));
        kubernetes().createNamespace(NAMESPACE);
    }

    static Stream<Path> invalid() throws IOException {
        return examples("invalid");
    }

    static Stream<Path> valid() throws IOException {
        return examples("valid");
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void whatTheExampleSaysIsRefusedForTheFieldAndReasonItGives(Path example) throws IOException {
        var expected = REFUSED.matcher(Files.readString(example));
        assertThat(expected.find()).isTrue();
        assertThatThrownBy(() -> kubernetes().apply(example, NAMESPACE))
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(422);
                    assertThat(e.getStatus().getDetails().getCauses())
                            .anySatisfy(cause -> {
                                assertThat(cause.getField()).isEqualTo(expected.group("field"));
                                assertThat(cause.getMessage()).contains(expected.group("text"));
                            })
                            .as("an example has one fault")
                            .allSatisfy(
                                    cause -> assertThat(cause.getField()).isIn(expected.group("field"), OF_NO_FIELD));
                });
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validExamplesAreAccepted(Path example) {
        assertThatCode(() -> kubernetes().apply(example, NAMESPACE)).doesNotThrowAnyException();
        kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(NAMESPACE)
                .delete();
    }

    /** What {@code kubectl get secretrotations} prints is made by the API server. */
    @Test
    void columnsShowWhatTheStatusSays() throws IOException {
        kubernetes().apply(DEPLOY.resolve("examples/valid/first-rotation.yaml"), NAMESPACE);
        var rotations = kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(NAMESPACE);
        // Where the services of another test still run, they write this status too.
        await("a table of what was written")
                .atMost(Duration.ofSeconds(30))
                .ignoreException(KubernetesClientException.class)
                .untilAsserted(() -> {
                    var created = rotations.list().getItems().getFirst();
                    created.setAdditionalProperty(
                            "status",
                            Map.of(
                                    "phase", "Published",
                                    "nextRotation", "2030-01-02T03:04:05Z",
                                    "principal", "orders_b",
                                    "lastRotation",
                                            Map.of("id", "r-1", "outcome", "RolledBack", "reason", "VERIFY_FAILED")));
                    rotations.resource(created).updateStatus();
                    assertColumns(created.getMetadata().getName());
                });
        rotations.delete();
    }

    private static void assertColumns(String name) throws IOException {
        var table = table(name);
        assertThat(table.at("/columnDefinitions").findValuesAsText("name"))
                .containsExactly("Name", "Phase", "Age", "Next", "Last outcome", "Principal");
        var cells =
                table.at("/rows/0/cells").valueStream().map(JsonNode::asText).toList();
        assertThat(cells.get(2)).matches("[0-9]+s");
        assertThat(cells)
                .containsExactly(name, "Published", cells.get(2), "2030-01-02T03:04:05Z", "RolledBack", "orders_b");
    }

    private static JsonNode table(String name) throws IOException {
        var client = kubernetes().admin();
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(kubernetes().url() + "/apis/keyturn.io/v1alpha1/namespaces/" + NAMESPACE + "/secretrotations/"
                        + name)
                .header("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1")
                .build();
        return new ObjectMapper()
                .readTree(http.sendAsync(request, String.class).join().body());
    }

    private static Stream<Path> examples(String folder) throws IOException {
        try (var files = Files.list(DEPLOY.resolve("examples").resolve(folder))) {
            return files.sorted().toList().stream();
        }
    }
}
