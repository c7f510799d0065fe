package io.keyturn.restart;

import java.time.Duration;
import java.time.Instant;

import io.keyturn.testbed.kubernetes.RefusingWebhook;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;

/** A Kubernetes API that is there and answers, but refuses what it would do at another time. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class RefusingApiServerIT extends RestartScenario {
    private static final int TRIES = 6;
    /** The pauses between them are 125 ms, 250 ms, 500 ms, 1 s and 1.875 s at the shortest. */
    private static final Duration AT_LEAST = Duration.ofSeconds(3);

    @Proves({"R32", "I9"})
    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void patchThatIsRefusedForAWhileIsSentUntilItArrives(int status) {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        try (var webhook = RefusingWebhook.refusing(admin, shop.namespace, "apps", "deployments", status)) {
            var begun = Instant.now();
            shop.changed("db", null, "PASSWORD=2");
            soon().until(() -> webhook.refused() >= TRIES);
            assertThat(Duration.between(begun, Instant.now()))
                    .as("from try to try it is waited longer")
                    .isGreaterThan(AT_LEAST);
            assertThat(shop.generation("api")).isEqualTo(1);
        }

        assertThat(completed(1).getFirst().rolled()).isEqualTo(1);
        assertThat(shop.generation("api")).isEqualTo(2);
    }
}
