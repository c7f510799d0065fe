package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationRetired;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The time for which the old value stays valid is the same whoever counts it. */
class GraceST {
    private static final String NAMESPACE = "graced";

    @Test
    void oldValueStaysValidForAsLongAsWasSaidThoughTheProcessDies() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(120));
        var shop = scenario.shop();
        shop.rotation().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"retire\":{\"after\":\"25s\"}}}");
        var before = shop.published();
        var run = scenario.rotate("grace");
        await("the grace period")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(shop.status("phase")).isEqualTo("ConsumersMoved"));
        var until = Instant.parse(requireNonNull(shop.status("previousValidUntil")));

        Keyturn.service(ServiceJar.ROTATION).kill();
        Keyturn.service(ServiceJar.ROTATION).restart();
        Keyturn.service(ServiceJar.ROTATION).awaitReady();

        assertThat(scenario.refused(before)).isFalse();
        assertThat(Instant.now()).as("of the last look").isBefore(until);
        assertThat(shop.status("previousValidUntil")).isEqualTo(until.toString());
        scenario.succeeds(run);
        assertThat(scenario.refused(before)).isTrue();
        assertThat(Keyturn.facts().of(NAMESPACE, RotationRetired.class))
                .singleElement()
                .satisfies(retired -> assertThat(retired.at()).isAfterOrEqualTo(until));
    }
}
