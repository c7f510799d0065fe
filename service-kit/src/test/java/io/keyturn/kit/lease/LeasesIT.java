package io.keyturn.kit.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.inject.Inject;

import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@WithTestResource(KitServers.class)
class LeasesIT {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(300);

    @Inject
    Leases leases;

    private final String name = "lease-" + UUID.randomUUID();

    @Test
    void theHolderExtendsItAndNobodyElseGetsIt() {
        assertThat(acquire("a", LONG)).hasValue(1);
        assertThat(acquire("a", LONG)).hasValue(1);
        assertThat(acquire("b", LONG)).isEmpty();
    }

    @Test
    void afterItsExpiryTheNextOwnerHasAHigherEpochAndTheFirstIsLockedOut() {
        assertThat(acquire("a", SHORT)).hasValue(1);
        await().atMost(Duration.ofSeconds(5)).until(() -> acquire("b", LONG).isPresent());
        assertThat(acquire("b", LONG)).hasValue(2);
        assertThat(acquire("a", LONG)).isEmpty();
    }

    @Test
    void aReleasedLeaseIsFreeAtOnceAndOnlyItsOwnerCanReleaseIt() {
        assertThat(acquire("a", LONG)).hasValue(1);
        Bridge.await(() -> leases.release(name, "b"));
        assertThat(acquire("b", LONG)).isEmpty();
        Bridge.await(() -> leases.release(name, "a"));
        assertThat(acquire("b", LONG)).hasValue(2);
    }

    @Test
    void ofManyWhoAskAtOnceOneGetsIt() throws Exception {
        for (int round = 0; round < 10; round++) {
            var lease = name + "-" + round;
            var asked = new ArrayList<Callable<OptionalLong>>();
            for (int caller = 0; caller < 8; caller++) {
                var owner = "owner-" + caller;
                asked.add(() -> Bridge.await(() -> leases.acquire(lease, owner, LONG)));
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(threads.invokeAll(asked).stream()
                                .map(Future::resultNow)
                                .filter(OptionalLong::isPresent))
                        .hasSize(1);
            }
        }
    }

    private OptionalLong acquire(String owner, Duration validity) {
        return Bridge.await(() -> leases.acquire(name, owner, validity));
    }
}
