package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationAdopted;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Installing Keyturn where applications run already does nothing to them until somebody asks. */
class FirstDayST {
    private static final String NAMESPACE = "quiet";

    @Test
    void installationRestartsAndRotatesNothing() {
        Keyturn.platform().services().forEach(RunningService::stop);
        var shop = Keyturn.shop(NAMESPACE);
        var published = shop.published();
        start();
        Keyturn.facts()
                .await(
                        NAMESPACE,
                        SecretChanged.class,
                        changed -> changed.about().name().equals(Shop.SECRET));
        assertUntouched(shop, published);

        Keyturn.platform().services().forEach(RunningService::restart);
        Keyturn.platform().services().forEach(RunningService::awaitReady);
        assertUntouched(shop, published);

        var scenario = Scenario.adopted(shop, Strategy.ALTERNATING, Duration.ofSeconds(60));
        assertUntouched(shop, published);
        assertThat(Keyturn.facts().of(NAMESPACE, RotationEvent.class))
                .hasOnlyElementsOfTypes(RotationStarted.class, RotationAdopted.class, RotationSucceeded.class);

        // It was not for being blind that nothing happened.
        var generations = scenario.generations();
        scenario.succeeds(scenario.rotate("asked"));
        assertThat(scenario.generations()).isEqualTo(Scenario.rolled(generations, 1));
        scenario.assertNobodyWasRefused();
    }

    private static void start() {
        Keyturn.platform().services().forEach(RunningService::restart);
        Keyturn.platform().services().forEach(RunningService::awaitReady);
    }

    private static void assertUntouched(Shop shop, String published) {
        await("nothing happens")
                .during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> {
                    Shop.APPS.forEach(app -> assertThat(shop.generation(app)).isEqualTo(1));
                    assertThat(shop.published()).isEqualTo(published);
                });
        assertThat(Keyturn.facts().of(NAMESPACE, RotationRequested.class)).isEmpty();
        assertThat(Keyturn.facts().of(NAMESPACE, WorkloadPatched.class)).isEmpty();
        assertThat(Keyturn.facts().of(NAMESPACE, RestartCompleted.class))
                .allSatisfy(done -> assertThat(done.rolled()).isZero());
    }
}
