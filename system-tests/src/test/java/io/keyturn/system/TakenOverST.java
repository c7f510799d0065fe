package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationGenerated;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two processes of rotation-service: what one was doing when it died the other one finishes. */
class TakenOverST {
    private static final String NAMESPACE = "taken-over";
    /** What is promised, from the death to the next step of the run. */
    private static final Duration SOON = Duration.ofSeconds(15);

    /** As users have it; the other tests wait for less. */
    private static final String CLAIM = "-Dkeyturn.rotation.runner.claim=12s";

    private final RunningService first = Keyturn.service(ServiceJar.ROTATION);

    @AfterEach
    void asUsersHaveIt() {
        first.restart();
        first.awaitReady();
    }

    @Proves("R04")
    @Test
    void runOfADeadProcessIsGoneOnWithWithinFifteenSeconds() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(120));
        var lines = LogLines.fromNow();
        first.restart(List.of("-D" + CrashRuns.SETTING + "=" + NAMESPACE + "/orders-db=after-apply", CLAIM));
        first.awaitReady();
        var run = scenario.rotate("take-over");
        lines.await(first, CrashRuns.STANDS_STILL);
        try (var second = Keyturn.platform().another(ServiceJar.ROTATION)) {
            second.awaitReady();

            var killed = Instant.now();
            first.kill();

            var tested = Keyturn.facts()
                    .await(
                            NAMESPACE,
                            RotationTested.class,
                            event -> event.run().id().equals(run));
            assertThat(Duration.between(killed, tested.at())).isPositive().isLessThanOrEqualTo(SOON);
            scenario.succeeds(run);
            scenario.assertNobodyWasRefused();
            second.stop();
        }
    }

    /** By SIGSTOP, somewhere between the new value and its publication. */
    @Proves("R12")
    @Test
    void processThatStoodStillChangesNothingAnyMore() {
        var scenario = Scenario.adopted("frozen", Strategy.ALTERNATING, Duration.ofSeconds(120));
        var version = scenario.vaultVersion();
        var run = scenario.rotate("freeze");
        Keyturn.facts()
                .await(
                        scenario.namespace(),
                        RotationGenerated.class,
                        event -> event.run().id().equals(run));
        first.freeze();
        try (var second = Keyturn.platform().another(ServiceJar.ROTATION)) {
            second.awaitReady();
            scenario.succeeds(run);

            first.unfreeze();
            first.awaitReady();
            second.stop();
        }
        var next = scenario.rotate("go-on");
        scenario.succeeds(next);
        assertThat(scenario.vaultVersion()).isEqualTo(version + 2);
        assertThat(scenario.refused(scenario.shop().published())).isFalse();
        scenario.assertNobodyWasRefused();
    }
}
