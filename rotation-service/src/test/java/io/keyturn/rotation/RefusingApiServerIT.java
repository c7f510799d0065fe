package io.keyturn.rotation;

import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.RefusingWebhook;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A Kubernetes API that is there and answers, but refuses what it would do at another time. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RefusingApiServerIT extends Scenario {
    /** Too many requests, trouble of its own, and a server that is on its way out. */
    @Proves("R32")
    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void writesThatAreRefusedForAWhileDelayARunAndBreakNothing(int status) {
        var policy = adopted(true);
        var last = last(policy);
        var run = newRun();
        try (var webhook = RefusingWebhook.refusing(
                Testbed.shared().kubernetes().admin(), shop.namespace, "", "secrets", status)) {
            state(policy, run, last, null);
            await().atMost(PATIENCE).until(() -> webhook.refused() > 1);
            assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        }

        awaitOutcome("Succeeded", run);
        assertThat(shop.liveVersion()).isEqualTo(2);
        assertThat(shop.published("user")).isEqualTo(shop.roleB);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }
}
