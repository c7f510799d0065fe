package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A SecretRotation that is deleted in mid-run while rotation-service is dead waits for the next process, which ends the run. */
class DeletedMeanwhileST {
    private static final String NAMESPACE = "orphaned";

    @AfterEach
    void heal() {
        Keyturn.pods().heal(NAMESPACE);
        Keyturn.service(ServiceJar.ROTATION).awaitReady();
    }

    @Test
    void itGoesWhenTheNextProcessHasGoneBack() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(120));
        var shop = scenario.shop();
        var before = shop.published();
        Keyturn.pods().nextPods(NAMESPACE, "orders-api").unready();
        var run = scenario.rotate("deleted-meanwhile");
        Keyturn.facts().await(NAMESPACE, run, EventType.ROTATION_PUBLISHED);
        Keyturn.service(ServiceJar.ROTATION).kill();
        shop.rotation().delete();
        assertThat(shop.rotation().get().isMarkedForDeletion()).isTrue();

        Keyturn.service(ServiceJar.ROTATION).restart();

        await("the old value is published again")
                .atMost(Scenario.PATIENCE)
                .until(() -> shop.published().equals(before));
        Keyturn.pods().heal(NAMESPACE);
        assertThat(Keyturn.facts()
                        .await(
                                NAMESPACE,
                                RotationRolledBack.class,
                                event -> event.run().id().equals(run))
                        .reason())
                .isEqualTo(RotationReason.DELETED);
        await("gone").atMost(Scenario.PATIENCE).until(() -> shop.rotation().get() == null);
        assertThat(scenario.refused(before)).isFalse();
    }
}
