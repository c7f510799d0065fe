package io.keyturn.system;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What somebody changes by hand while nobody watches is found when the watcher is back. */
class UnwatchedChangeST {
    private static final String NAMESPACE = "unwatched";
    private static final String ANOTHER = "another";

    @Proves("I5")
    @Test
    void aSecretEditedWhileTheWatcherWasDownRollsItsReadersOnce() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        var generations = scenario.generations();
        var statements = statements();

        Keyturn.service(ServiceJar.WATCHER).kill();
        edit(scenario.shop().published() + "?application_name=by-hand");
        Keyturn.service(ServiceJar.WATCHER).restart();

        Keyturn.facts().await(NAMESPACE, RestartCompleted.class, done -> done.rolled() > 0);
        scenario.shop().awaitAvailable();
        assertThat(scenario.generations()).isEqualTo(Scenario.rolled(generations, 1));
        assertThat(statements()).isEqualTo(statements + 1);

        // Once more: what has been stated is not news to the next start.
        Keyturn.service(ServiceJar.WATCHER).restart();
        Leadership.awaitHeldBy(Keyturn.service(ServiceJar.WATCHER));
        stateAnother();
        await("nothing further")
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(6))
                .until(() -> statements() == statements + 1);
        assertThat(scenario.generations()).isEqualTo(Scenario.rolled(generations, 1));
        scenario.assertNobodyWasRefused();
    }

    /** Somebody else's Secret is stated: the watcher has gone through what was there when it began. */
    private static void stateAnother() {
        Keyturn.testbed()
                .kubernetes()
                .admin()
                .resource(TestObjects.secret(NAMESPACE, ANOTHER, "VALUE", "x"))
                .create();
        Keyturn.facts()
                .await(
                        NAMESPACE,
                        SecretChanged.class,
                        changed -> changed.about().name().equals(ANOTHER));
    }

    private static long statements() {
        return Keyturn.facts().of(NAMESPACE, SecretChanged.class).stream()
                .filter(changed -> changed.about().name().equals(Shop.SECRET))
                .count();
    }

    private static void edit(String url) {
        var encoded = Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.UTF_8));
        Keyturn.testbed()
                .kubernetes()
                .admin()
                .secrets()
                .inNamespace(NAMESPACE)
                .withName(Shop.SECRET)
                .edit(secret -> {
                    secret.getData().put("DATABASE_URL", encoded);
                    return secret;
                });
    }
}
