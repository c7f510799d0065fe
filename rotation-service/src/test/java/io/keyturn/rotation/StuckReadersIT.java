package io.keyturn.rotation;

import java.time.Duration;
import java.time.Instant;

import io.fabric8.kubernetes.api.model.Pod;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A run has failed, and somebody still holds its value: no later run takes that from him. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class StuckReadersIT extends Scenario {
    @Test
    void valueThatAReaderOfAFailedRunHoldsWorksUntilHeIsGone() {
        var policy = adopted(true, "consumers: {deadline: 4s}");
        var older = reader("older");
        var failed = newRun();
        state(policy, failed, last(policy), null);
        awaitPhase("Published");
        var stuck = reader("stuck");
        var password = shop.published("password");
        awaitOutcome("Failed", failed);
        shop.end(older);
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);

        var next = newRun();
        state(shop.find("orders"), next, failed, null);
        awaitPhase("Requested");
        ask("one");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(dryRun()).contains("CONSUMERS_STUCK"));
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(6))
                .until(() -> shop.accepts(shop.roleB, password));
        shop.end(stuck);

        awaitOutcome("Succeeded", next);
        assertThat(shop.accepts(shop.roleB, password)).isFalse();
        ask("two");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(dryRun()).contains("two").doesNotContain("CONSUMERS_STUCK"));
    }

    private void ask(String token) {
        patch("""
                {"metadata": {"annotations": {"%s": "%s"}}}""".formatted(Annotations.DRY_RUN, token));
    }

    private String dryRun() {
        var status = shop.find("orders").getStatus();
        return status == null ? "" : String.valueOf(status.dryRun());
    }

    /** Whom nobody rolls. The seconds of creation tell before and after. */
    private Pod reader(String name) {
        var pod = shop.reader(name);
        var created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(2)));
        return pod;
    }
}
