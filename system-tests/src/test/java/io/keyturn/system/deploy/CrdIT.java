package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the real API server says to every example of a SecretRotation in {@code deploy/examples}. */
class CrdIT {
    private static final String NAMESPACE = "shop";
    private static final Path DEPLOY = Tools.repository().resolve("deploy");

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
    void whatTheExampleSaysIsRefusedWithTheReasonItGives(Path example) throws IOException {
        var expected =
                Files.readString(example).lines().findFirst().orElseThrow().replaceFirst("^# refused: ", "");
        assertThatThrownBy(() -> kubernetes().apply(example, NAMESPACE))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(422))
                .hasMessageContaining(expected);
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

    private static Stream<Path> examples(String folder) throws IOException {
        try (var files = Files.list(DEPLOY.resolve("examples").resolve(folder))) {
            return files.sorted().toList().stream();
        }
    }
}
