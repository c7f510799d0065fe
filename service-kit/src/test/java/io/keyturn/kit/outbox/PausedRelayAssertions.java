package io.keyturn.kit.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import io.keyturn.kit.messaging.Senders;
import io.keyturn.testbed.page.Proves;
import io.smallrye.mutiny.Uni;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A holder of the lease that stands still for longer than the lease, as after SIGSTOP or a long collection, and wakes up when
 * another has carried on: on whichever servers a subclass brings.
 */
abstract class PausedRelayAssertions extends OutboxScenario {
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final CompletableFuture<Void> awake = new CompletableFuture<>();

    @AfterEach
    void wake() {
        awake.complete(null);
    }

    @Proves("I4")
    @Test
    void pausedBetweenReadingAndSendingItSendsNothingMore() throws Exception {
        state("a", 0, 5);
        var paused = started(new OutboxRelay(
                new OutboxStore(sessions) {
                    @Override
                    Uni<List<OutboxRow>> waiting(long beyond, int limit) {
                        return super.waiting(beyond, limit).call(_ -> {
                            asleep.set(true);
                            return Uni.createFrom().completionStage(awake);
                        });
                    }
                },
                signal,
                leases,
                sender,
                named("paused")));
        anotherCarriesOn();

        awake.complete(null);
        paused.stop();

        state("a", 8, 9);
        awaitFacts("a", 9);
        assertThat(steps("a")).containsExactlyElementsOf(numbers(9));
    }

    /** Nobody but the broker could hold back a record that is on its way; that it is a repetition is what readers rely on. */
    @Test
    void whatItHadInItsHandsArrivesLateOnlyAsARepetition() throws Exception {
        state("a", 0, 5);
        var paused = started(new OutboxRelay(
                store, signal, leases, Senders.paused(sender, () -> asleep.set(true), awake), named("paused")));
        anotherCarriesOn();

        awake.complete(null);
        paused.stop();

        state("a", 8, 9);
        awaitFacts("a", 9);
        var arrived = new ArrayList<>(numbers(8));
        arrived.addAll(List.of(0, 8));
        assertThat(steps("a"))
                .as("one record late, and none of those that came after it")
                .containsExactlyElementsOf(arrived);
        assertThat(idsOf("a").get(8)).as("known by its id").isEqualTo(idsOf("a").getFirst());
        assertThat(waitingIds()).isEmpty();
    }

    private OutboxRelay started(OutboxRelay relay) {
        relays.add(relay);
        relay.start();
        await().atMost(PATIENCE).untilTrue(asleep);
        return relay;
    }

    /** Takes what the paused one read once its lease is over, and then what comes after. */
    private void anotherCarriesOn() {
        relay("another");
        awaitFacts("a", 5);
        state("a", 5, 8);
        awaitFacts("a", 8);
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }
}
