package io.keyturn.system;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationAdopted;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.WorkloadPatched;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Installing Keyturn where applications run already does nothing to them until somebody asks. Servers of its own: no topic, no
 * database, no custom resource definition of Keyturn's is there before the shop is open.
 */
class FirstDayST {
    private static final String NAMESPACE = "quiet";

    @Proves("R42")
    @Test
    void installationRestartsAndRotatesNothing() {
        try (var testbed = new Testbed((_, _) -> {})) {
            testbed.begin(
                    Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.POSTGRES, Testbed.Server.OPENBAO);
            try (var pods = PodRunner.start(testbed.kubernetes().admin())) {
                var day = new Day(testbed, pods, Shop.open(testbed, pods, NAMESPACE));
                day.nothingOfKeyturnIsThere();
                try (var platform = Platform.start(
                                testbed, "first-day", Shop.hostNames(NAMESPACE), Keyturn.SETTINGS, _ -> {});
                        var facts = Facts.follow(testbed.kafka())) {
                    assertThat(platform.services()).hasSize(4);
                    day.isQuiet(facts);
                }
            }
        }
    }

    /** The shop before, and what must be so afterwards. */
    private static final class Day {
        private final Testbed testbed;
        private final PodRunner runner;
        private final Shop shop;
        private final String published;
        private final Set<String> pods;

        Day(Testbed testbed, PodRunner runner, Shop shop) {
            this.testbed = testbed;
            this.runner = runner;
            this.shop = shop;
            this.published = shop.published();
            this.pods = pods();
        }

        void nothingOfKeyturnIsThere() {
            assertThat(testbed.kubernetes()
                            .admin()
                            .namespaces()
                            .withName("keyturn-system")
                            .get())
                    .isNull();
            assertThat(pods).hasSize(4);
        }

        void isQuiet(Facts facts) {
            // Keyturn has seen the shop, and leaves it alone.
            facts.await(
                    NAMESPACE,
                    SecretChanged.class,
                    changed -> changed.about().name().equals(Shop.SECRET));
            assertUntouched(facts);

            shop.startRotation(Strategy.ALTERNATING, Duration.ofSeconds(60));
            Scenario.awaitCondition(shop, "Adopted", "True");
            assertUntouched(facts);
            assertThat(facts.of(NAMESPACE, RotationEvent.class))
                    .hasOnlyElementsOfTypes(RotationStarted.class, RotationAdopted.class, RotationSucceeded.class);

            // It was not for being blind that nothing happened.
            var runs = facts.of(NAMESPACE, RotationSucceeded.class).size();
            shop.rotateNow("asked");
            await("the rotation")
                    .atMost(Scenario.PATIENCE)
                    .until(() -> facts.of(NAMESPACE, RotationSucceeded.class).size() > runs);
            shop.awaitAvailable();
            assertThat(Shop.APPS)
                    .allSatisfy(app -> assertThat(shop.generation(app)).isEqualTo(2));
            assertThat(shop.published()).isNotEqualTo(published);
            assertThat(runner.ledger().failedLogins(NAMESPACE)).isEmpty();
        }

        private void assertUntouched(Facts facts) {
            await("nothing happens")
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        assertThat(Shop.APPS)
                                .allSatisfy(
                                        app -> assertThat(shop.generation(app)).isEqualTo(1));
                        assertThat(shop.published()).isEqualTo(published);
                        assertThat(pods()).isEqualTo(pods);
                    });
            assertThat(facts.of(NAMESPACE, RotationRequested.class)).isEmpty();
            assertThat(facts.of(NAMESPACE, WorkloadPatched.class)).isEmpty();
            assertThat(facts.of(NAMESPACE, RestartCompleted.class))
                    .allSatisfy(done -> assertThat(done.rolled()).isZero());
        }

        private Set<String> pods() {
            return testbed.kubernetes().admin().pods().inNamespace(NAMESPACE).list().getItems().stream()
                    .map(pod -> pod.getMetadata().getUid())
                    .collect(Collectors.toSet());
        }
    }
}
