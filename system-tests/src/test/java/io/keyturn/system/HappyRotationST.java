package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The main job: a credential is adopted as it is, then rotated under applications that log in all the time. */
class HappyRotationST {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Proves("I3")
    @Test
    void twoRolesInTurnAndNobodyIsEverRefused() {
        var shop = Keyturn.shop("happy-two");
        var before = shop.published();
        shop.startRotation(Strategy.ALTERNATING, Duration.ofSeconds(60));

        Scenario.awaitCondition(shop, "Adopted", "True");
        Scenario.awaitStated(shop);
        assertThat(shop.published()).isEqualTo(before);
        Shop.APPS.forEach(app -> assertThat(shop.generation(app)).isEqualTo(1));

        var adoption = shop.status("lastRotation.id");
        shop.rotateNow("one");
        awaitSuccessAfter(shop, adoption);

        assertThat(shop.live("username")).isEqualTo(shop.role("b"));
        assertThat(shop.live("note")).isEqualTo("kept by the team");
        assertThat(shop.published()).contains(shop.role("b")).isNotEqualTo(before);
        shop.awaitAvailable();
        Shop.APPS.forEach(app -> assertThat(shop.generation(app)).as(app).isEqualTo(2));
        assertThat(Keyturn.pods().ledger().failedLogins(shop.namespace())).isEmpty();
        assertThat(Keyturn.pods().ledger().usersInUse(shop.namespace())).containsExactly(shop.role("b"));
        assertThat(refused(before)).isTrue();
        assertThat(refused(shop.published())).isFalse();
    }

    @Proves("I3")
    @Test
    void oneRoleWithItsWindow() {
        var shop = Keyturn.shop("happy-one");
        var before = shop.published();
        shop.startRotation(Strategy.SINGLE, Duration.ofSeconds(60));
        Scenario.awaitCondition(shop, "Adopted", "True");
        Scenario.awaitStated(shop);

        var adoption = shop.status("lastRotation.id");
        shop.rotateNow("one");
        awaitSuccessAfter(shop, adoption);

        var run = shop.status("lastRotation.id");
        var end = Keyturn.facts()
                .await(
                        shop.namespace(),
                        RotationSucceeded.class,
                        step -> step.run().id().value().equals(run));
        assertThat(end.windowMillis()).isPositive();
        assertThat(shop.live("username")).isEqualTo(shop.role("a"));
        shop.awaitAvailable();
        Shop.APPS.forEach(app -> assertThat(shop.generation(app)).as(app).isEqualTo(2));
        assertThat(refused(before)).isTrue();
        assertThat(refused(shop.published())).isFalse();
    }

    /** Waits until another run than this one is the last, and has succeeded. */
    private static void awaitSuccessAfter(Shop shop, @Nullable String run) {
        await("success").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(shop.status("lastRotation.id")).isNotEqualTo(run);
            assertThat(shop.status("lastRotation.outcome")).isEqualTo("Succeeded");
        });
    }

    private static boolean refused(String url) {
        return Logins.refused(Keyturn.testbed().postgres(), url);
    }
}
