package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A service that dies without warning in the middle of a run takes its work up again, and nothing is done twice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceST {
    private static final Duration ENOUGH = Duration.ofSeconds(120);
    private static final Duration SOON = Duration.ofSeconds(16);

    private Scenario scenario;

    @BeforeAll
    void open() {
        scenario = Scenario.adopted("killed", Strategy.ALTERNATING, ENOUGH);
    }

    @AfterAll
    static void everythingRuns() {
        Keyturn.platform().services().forEach(service -> service.awaitReady());
    }

    @Proves("R37")
    @ParameterizedTest(name = "{0} after {1}")
    @CsvSource({
        "WATCHER, ROTATION_PROMOTED",
        "ROTATION, ROTATION_PUBLISHED",
        "RESTART, RESTART_WORKLOAD_PATCHED",
        "AUDIT, ROTATION_STARTED"
    })
    void theRunEndsAsIfNothingHadHappened(ServiceJar killed, EventType moment) {
        var shop = scenario.shop();
        var before = shop.published();
        var version = scenario.vaultVersion();
        var generations = scenario.generations();
        var next = shop.live("username").equals(shop.role("a")) ? "b" : "a";

        try (var passwords = Passwords.of(Keyturn.testbed().postgres(), shop.role(next))) {
            var run = scenario.rotate(killed + "-" + moment);
            Keyturn.facts().await(scenario.namespace(), run, moment);
            Keyturn.service(killed).kill();
            Keyturn.service(killed).restart();

            scenario.succeeds(run);
            assertThat(passwords.changes())
                    .isNotEmpty()
                    .allSatisfy(verifier -> assertThat(Passwords.verifies(verifier, shop.live("password")))
                            .as("the one new password, however often it was set")
                            .isTrue());
            Keyturn.service(killed).awaitReady();
            await("on record")
                    .atMost(Scenario.PATIENCE)
                    .untilAsserted(() -> assertThat(Audit.types(run)).containsOnlyOnce(EventType.ROTATION_SUCCEEDED));
            assertThat(Audit.types(run)).doesNotContain(EventType.ROTATION_ROLLED_BACK, EventType.ROTATION_FAILED);
            assertThat(Audit.holds()).isTrue();
        }

        assertThat(scenario.vaultVersion()).isEqualTo(version + 1);
        assertThat(scenario.generations()).isEqualTo(Scenario.rolled(generations, 1));
        scenario.awaitOnly(next);
        scenario.assertNobodyWasRefused();
        assertThat(scenario.refused(before)).isTrue();
        assertThat(scenario.refused(shop.published())).isFalse();
    }

    @Test
    void theWayBackIsFinishedByTheNextProcess() {
        var shop = scenario.shop();
        var before = shop.published();
        var user = shop.live("username");
        var password = shop.live("password");
        shop.setDeadline(SOON);
        Keyturn.pods().nextPods(scenario.namespace(), "orders-api").unready();
        try {
            var run = scenario.rotate("killed-on-the-way-back");
            var failed =
                    await("published").atMost(Scenario.PATIENCE).until(shop::published, url -> !url.equals(before));
            await("on the way back").atMost(Scenario.PATIENCE).until(() -> "Compensating".equals(shop.status("phase")));
            Keyturn.service(ServiceJar.ROTATION).kill();
            assertThat(shop.status("phase")).isEqualTo("Compensating");
            Keyturn.pods().heal(scenario.namespace());
            Keyturn.service(ServiceJar.ROTATION).restart();

            scenario.rollsBack(run, RotationReason.CONSUMERS_STUCK);
            shop.awaitAvailable();
            assertThat(shop.published()).isEqualTo(before);
            assertThat(shop.live("username")).isEqualTo(user);
            assertThat(shop.live("password")).isEqualTo(password);
            assertThat(scenario.refused(before)).isFalse();
            assertThat(scenario.refused(failed)).isTrue();
            scenario.awaitOnly(user.equals(shop.role("a")) ? "a" : "b");
            scenario.assertNobodyWasRefused();
            await("on record")
                    .atMost(Scenario.PATIENCE)
                    .untilAsserted(() -> assertThat(Audit.types(run)).containsOnlyOnce(EventType.ROTATION_ROLLED_BACK));
            assertThat(Audit.types(run)).doesNotContain(EventType.ROTATION_SUCCEEDED, EventType.ROTATION_FAILED);
            assertThat(Audit.holds()).isTrue();
        } finally {
            Keyturn.pods().heal(scenario.namespace());
            shop.setDeadline(ENOUGH);
        }
    }
}
