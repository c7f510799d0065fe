package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A SecretRotation that cannot work is refused at once, by the name of the field, and nothing is touched. */
class WrongSettingsST {
    private static final String NAMESPACE = "stray";

    @Test
    void aVaultPathOutsideItsNamespaceIsRefusedAndNothingIsTouched() {
        var kubernetes = Keyturn.testbed().kubernetes();
        kubernetes.createNamespace(NAMESPACE);
        kubernetes.apply(strayingExample(), NAMESPACE);

        await("refused")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(ready().get("reason")).isEqualTo("INVALID_SPEC"));
        assertThat(ready().get("status")).isEqualTo("False");
        assertThat(String.valueOf(ready().get("message")))
                .contains("spec.store.vault.path")
                .contains(NAMESPACE + "/");
        assertThat(kubernetes.admin().secrets().inNamespace(NAMESPACE).list().getItems())
                .isEmpty();
        assertThat(Keyturn.testbed().openBao().api().list("keyturn-pending/metadata/" + NAMESPACE))
                .isEmpty();
        rotation().delete();
    }

    /** The documented example, in a namespace its Vault paths do not belong to. */
    private static Path strayingExample() {
        try {
            var example = Files.readString(Tools.repository().resolve("deploy/examples/valid/alternating-roles.yaml"));
            var file = Scratch.folder("stray").resolve("stray.yaml");
            return Files.writeString(file, example.replace("namespace: shop}", "namespace: " + NAMESPACE + "}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Resource<GenericKubernetesResource> rotation() {
        return Keyturn.testbed()
                .kubernetes()
                .admin()
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(NAMESPACE)
                .withName("orders-db");
    }

    /** The condition Ready; empty while there is none. */
    private static Map<?, ?> ready() {
        var status = rotation().get().getAdditionalProperties().get("status");
        if (status instanceof Map<?, ?> map && map.get("conditions") instanceof List<?> conditions) {
            for (var condition : conditions) {
                if (condition instanceof Map<?, ?> found && "Ready".equals(found.get("type"))) {
                    return found;
                }
            }
        }
        return Map.of();
    }
}
