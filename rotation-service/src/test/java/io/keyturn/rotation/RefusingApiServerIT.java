package io.keyturn.rotation;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A Kubernetes API that is there and answers, but refuses what it would do at another time. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RefusingApiServerIT extends Scenario {
    private static final String REJECTIONS = "apiserver_admission_webhook_rejection_count{";
    private static final String NOBODY = "nobody-there.keyturn.test";

    private final KubernetesClient admin = Testbed.shared().kubernetes().admin();

    /** It answers 500 to whoever writes a Secret, for it cannot ask a webhook that must be asked. */
    @Proves("R32")
    @Test
    void writesThatFailInsideTheApiServerDelayARunAndBreakNothing() {
        var policy = adopted(true);
        var last = last(policy);
        var run = newRun();
        long before = refused();
        var webhook = admin.resource(nobodyToAsk()).create();
        try {
            state(policy, run, last, null);
            await().atMost(PATIENCE).until(() -> refused() > before);
            assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        } finally {
            admin.resource(webhook).delete();
        }

        awaitOutcome("Succeeded", run);
        assertThat(shop.liveVersion()).isEqualTo(2);
        assertThat(shop.published("user")).isEqualTo(shop.roleB);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    private ValidatingWebhookConfiguration nobodyToAsk() {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(shop.namespace)
                .endMetadata()
                .addNewWebhook()
                .withName(NOBODY)
                .withFailurePolicy("Fail")
                .withTimeoutSeconds(1)
                .withSideEffects("None")
                .withAdmissionReviewVersions("v1")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:1/")
                .endClientConfig()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", shop.namespace)
                .endNamespaceSelector()
                .addNewRule()
                .withApiGroups("")
                .withApiVersions("v1")
                .withOperations("CREATE", "UPDATE")
                .withResources("secrets")
                .endRule()
                .endWebhook()
                .build();
    }

    /** How often it has refused so, as it counts itself. */
    private long refused() {
        return admin.raw("/metrics")
                .lines()
                .filter(line -> line.startsWith(REJECTIONS) && line.contains("name=\"" + NOBODY + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
