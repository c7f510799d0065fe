package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A run that cannot be finished goes back by itself, and everything is on the old value as if nothing had been. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollBackST {
    private static final String NAMESPACE = "unhealthy";
    /** More than well pods need, and all that ill ones are waited for. */
    private static final Duration ENOUGH = Duration.ofSeconds(60);

    /** Over soon: for pods that never get ready. */
    private static final Duration SOON = Duration.ofSeconds(16);
    /** Well pods must be moved by then on a busy machine too, or it is for them that the run goes back. */
    private static final Duration MODERATE = Duration.ofSeconds(30);

    private Scenario scenario;

    @BeforeAll
    void open() {
        scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, ENOUGH);
    }

    @AfterEach
    void heal() {
        Keyturn.pods().repairHealth(NAMESPACE, "orders-api");
        Keyturn.pods().heal(NAMESPACE);
    }

    @Proves("I3")
    @Test
    void anApplicationThatIsIllWithTheNewValueGetsTheOldOneBack() {
        Keyturn.pods().breakHealth(NAMESPACE, "orders-api");
        goesBack("ill", MODERATE, RotationReason.VERIFY_FAILED);
    }

    @Proves("I3")
    @Test
    void podsThatNeverGetReadyMakeItGoBack() {
        Keyturn.pods().nextPods(NAMESPACE, "orders-api").unready();
        goesBack("unready", SOON, RotationReason.CONSUMERS_STUCK);
    }

    @Proves("I3")
    @Test
    void podsThatCrashMakeItGoBack() {
        Keyturn.pods().nextPods(NAMESPACE, "orders-api").crash();
        goesBack("crash", SOON, RotationReason.CONSUMERS_STUCK);
    }

    private void goesBack(String token, Duration deadline, RotationReason reason) {
        var shop = scenario.shop();
        var before = shop.published();
        var user = shop.live("username");
        var password = shop.live("password");

        shop.setDeadline(deadline);
        var run = scenario.rotate(token);
        var failed = newlyPublished(before);
        assertThat(scenario.refused(failed)).isFalse();
        awaitRestored(run, before);
        // What made the new pods ill was the new value: those that start with the old one are well.
        heal();
        scenario.rollsBack(run, reason);

        assertThat(shop.published()).isEqualTo(before);
        assertThat(shop.live("username")).isEqualTo(user);
        assertThat(shop.live("password")).isEqualTo(password);
        assertThat(shop.live("note")).isEqualTo("kept by the team");
        shop.awaitAvailable();
        await("every pod is back")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.pods().ledger().usersInUse(NAMESPACE))
                        .containsExactly(user));
        assertThat(scenario.refused(before)).isFalse();
        assertThat(scenario.refused(failed)).isTrue();
        scenario.assertNobodyWasRefused();

        shop.setDeadline(ENOUGH);
        scenario.succeeds(scenario.rotate(token + "-again"));
        assertThat(shop.live("username")).isNotEqualTo(user);
        scenario.assertNobodyWasRefused();
    }

    private String newlyPublished(String before) {
        return await("published")
                .atMost(Scenario.PATIENCE)
                .until(() -> scenario.shop().published(), url -> !url.equals(before));
    }

    private void awaitRestored(RotationId run, String before) {
        Keyturn.facts()
                .await(
                        NAMESPACE,
                        RotationPublished.class,
                        step -> step.run().id().equals(run));
        await("the old value is published again")
                .atMost(Scenario.PATIENCE)
                .until(() -> scenario.shop().published().equals(before));
    }
}
