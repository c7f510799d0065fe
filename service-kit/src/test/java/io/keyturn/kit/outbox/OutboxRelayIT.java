package io.keyturn.kit.outbox;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.server.KitServers;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@WithTestResource(KitServers.class)
class OutboxRelayIT extends OutboxRelayAssertions {
    @Proves({"R21", "I4"})
    @Test
    void factsStatedWhileTheBrokerIsAwayArriveWhenItIsBack() {
        relay("one");
        state("a", 0, 5);
        awaitFacts("a", 5);
        KitServers.withTestbed(testbed -> testbed.kafka().stop());
        try {
            state("a", 5, 15);
            state("b", 0, 10);
            await().atMost(PATIENCE)
                    .until(() -> !Bridge.await(() -> store.oldestAge())
                            .minusSeconds(3)
                            .isNegative());
        } finally {
            KitServers.withTestbed(testbed -> testbed.kafka().resume());
        }
        awaitFacts("a", 15);
        awaitFacts("b", 10);
        assertThat(steps("a").stream().distinct()).containsExactlyElementsOf(numbers(15));
        assertThat(steps("b").stream().distinct()).containsExactlyElementsOf(numbers(10));
    }
}
