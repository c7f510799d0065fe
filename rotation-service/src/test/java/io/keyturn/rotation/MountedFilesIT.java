package io.keyturn.rotation;

import java.util.Map;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.pod.PodRunner;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A pod that nobody rolls and that looks into a mounted file before every login; its kubelet is slow. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class MountedFilesIT extends Scenario {
    private final KubernetesClient admin = Testbed.shared().kubernetes().admin();

    @Test
    void failedValueIsAcceptedUntilFilesHaveGoneBack() {
        var slow = PodRunner.Options.defaults().withVolumeRefresh(RotationBed.VOLUME_REFRESH.dividedBy(2));
        try (var runner = PodRunner.start(admin, slow)) {
            var policy = adopted(true, "consumers: {deadline: 12s}");
            publishUrl();
            reader(runner.nodeName());
            await().atMost(PATIENCE).until(() -> runner.ledger().successes(shop.namespace, shop.roleA) > 5);
            var run = newRun();

            state(policy, run, last(policy), null);
            await().atMost(PATIENCE).until(() -> runner.ledger().successes(shop.namespace, shop.roleB) > 5);
            awaitOutcome("RolledBack", run);

            assertThat(runner.ledger().usersInUse(shop.namespace)).containsExactly(shop.roleA);
            assertThat(runner.ledger().failedLogins(shop.namespace)).isEmpty();
        }
    }

    private void publishUrl() {
        var url = "postgresql://%s:%s@localhost:%d/%s"
                .formatted(
                        shop.roleA,
                        shop.firstPassword,
                        Testbed.shared().postgres().port(),
                        shop.namespace);
        admin.resource(shop.secret())
                .edit(secret -> new SecretBuilder(secret)
                        .addToStringData(Map.of("URL", url))
                        .build());
    }

    private void reader(String node) {
        admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(shop.namespace)
                        .withName("reports")
                        .addToLabels("app", "reports")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .addNewVolume()
                        .withName("db")
                        .withNewSecret()
                        .withSecretName("orders-db")
                        .endSecret()
                        .endVolume()
                        .addNewContainer()
                        .withName("main")
                        .withImage("keyturn.test/pg-volume")
                        .addNewEnv()
                        .withName("RELOAD")
                        .withValue("true")
                        .endEnv()
                        .addNewEnv()
                        .withName("DATABASE_URL_FILE")
                        .withValue("/etc/db/URL")
                        .endEnv()
                        .addNewVolumeMount()
                        .withName("db")
                        .withMountPath("/etc/db")
                        .endVolumeMount()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }
}
