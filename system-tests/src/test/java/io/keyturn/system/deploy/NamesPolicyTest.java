package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The policy of {@code deploy/admission} as the chart installs it. What it refuses is for {@link DecisionNamesIT} and its neighbours. */
class NamesPolicyTest {
    private static final Path FILE = Path.of("admission/names.yaml");
    private static final Path DEPLOYED = Tools.repository().resolve("deploy").resolve(FILE);

    @Test
    void chartHoldsTheFileOfDeploy() throws IOException {
        assertThat(Files.readAllBytes(Chart.FOLDER.resolve(FILE)))
                .as("copy deploy/%s to deploy/helm/keyturn/admission", FILE)
                .isEqualTo(Files.readAllBytes(DEPLOYED));
    }

    @Test
    void chartInstallsWhatTheFileSays() {
        var expected = Chart.byIdentity(Chart.documents(DEPLOYED).stream());

        assertThat(Chart.byIdentity(rendered(Map.of()).stream())).hasSize(2).isEqualTo(expected);
    }

    @Test
    void whatItCannotDecideIsRefused() {
        assertThat(Chart.ofKind(rendered(Map.of()), "ValidatingAdmissionPolicy"))
                .singleElement()
                .satisfies(policy ->
                        assertThat(policy.at("/spec/failurePolicy").asText()).isEqualTo("Fail"));
    }

    @Test
    void itCanBeLeftOut() {
        assertThat(rendered(Map.of("admission.enabled", false))).isEmpty();
    }

    private static List<JsonNode> rendered(Map<String, Object> values) {
        return Chart.render(values).stream()
                .filter(o -> o.path("kind").asText().startsWith("ValidatingAdmissionPolicy"))
                .toList();
    }
}
