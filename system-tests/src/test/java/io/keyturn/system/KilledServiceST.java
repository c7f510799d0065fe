package io.keyturn.system;

import java.time.Duration;

import io.keyturn.contract.event.EventType;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A service beside rotation-service that dies without warning in the middle of a run takes its work up again, and nothing is done
 * twice. {@link CrashPointsST} kills rotation-service itself, wherever it stands.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceST {
    private static final Duration ENOUGH = Duration.ofSeconds(120);

    private Scenario scenario;

    @BeforeAll
    void open() {
        scenario = Scenario.adopted("killed", Strategy.ALTERNATING, ENOUGH);
    }

    @AfterAll
    static void everythingRuns() {
        Keyturn.platform().services().forEach(service -> service.awaitReady());
    }

    @Proves({"R37", "I2", "I3", "I5", "I6", "I8"})
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
}
