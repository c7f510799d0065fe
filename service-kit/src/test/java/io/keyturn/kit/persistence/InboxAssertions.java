package io.keyturn.kit.persistence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.testbed.page.Proves;
import io.smallrye.mutiny.Uni;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the inbox must do, on whichever servers a subclass brings. */
abstract class InboxAssertions {
    @Inject
    UnitOfWork unitOfWork;

    @Proves({"R23", "I4"})
    @Test
    void secondDeliveryChangesNothing() {
        var envelope = envelope(UUID.randomUUID(), "/clusters/test/keyturn-watcher");
        assertThat(firstSight(envelope)).isTrue();
        assertThat(firstSight(envelope)).isFalse();
        assertThat(firstSight(envelope(envelope.id(), "/clusters/test/keyturn-restart")))
                .as("the same id of another source is another event")
                .isTrue();
    }

    @Test
    void whatWasRolledBackWasNotSeen() {
        var envelope = envelope(UUID.randomUUID(), "/clusters/test/keyturn-watcher");
        assertThatThrownBy(() -> Bridge.await(() -> unitOfWork.run(work -> work.firstSightOf(envelope)
                        .chain(_ -> Uni.createFrom().<Boolean>failure(new IllegalStateException("body"))))))
                .hasMessage("body");
        assertThat(firstSight(envelope)).isTrue();
    }

    @Proves("I4")
    @Test
    void ofDeliveriesAtTheSameTimeOneIsTheFirst() throws Exception {
        for (int round = 0; round < 10; round++) {
            var envelope = envelope(UUID.randomUUID(), "/clusters/test/keyturn-watcher");
            var deliveries = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 8; i++) {
                deliveries.add(() -> firstSight(envelope));
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(threads.invokeAll(deliveries).stream().map(Future::resultNow))
                        .containsOnlyOnce(true)
                        .hasSize(8);
            }
        }
    }

    private boolean firstSight(EventEnvelope envelope) {
        return Bridge.await(() -> unitOfWork.run(work -> work.firstSightOf(envelope)));
    }

    private static EventEnvelope envelope(UUID id, String source) {
        var event = new FindingRaised(
                ObjectRef.secret("shop", "db"), new FindingId("f"), FindingKind.BASELINE_LOST, Instant.EPOCH);
        return new EventEnvelope(id, source, Instant.EPOCH, "test/shop/secret/db", null, event);
    }
}
