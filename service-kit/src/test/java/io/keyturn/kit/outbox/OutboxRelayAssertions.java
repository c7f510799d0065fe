package io.keyturn.kit.outbox;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.server.TopicReader;
import io.keyturn.testbed.page.Proves;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What the relay must do, on whichever servers a subclass brings. */
abstract class OutboxRelayAssertions extends OutboxScenario {
    @Test
    void factsArriveInTheOrderTheyWereStatedAndCarryTheIdsOfTheirRows() throws SQLException {
        state("a", 0, 30);
        state("b", 0, 30);
        state("a", 30, 60);
        var ids = waitingIds();
        assertThat(ids).hasSize(90);

        relay("one");

        awaitFacts("a", 60);
        awaitFacts("b", 30);
        assertThat(steps("a")).containsExactlyElementsOf(numbers(60));
        assertThat(steps("b")).containsExactlyElementsOf(numbers(30));
        assertThat(envelopes("a"))
                .extracting(e -> e.id().toString())
                .containsExactlyElementsOf(
                        ids.stream().filter(idsOf("a")::contains).toList());
        assertThat(envelopes("a")).allSatisfy(e -> {
            assertThat(e.source()).isEqualTo("/clusters/test/keyturn-rotation");
            assertThat(e.key()).isEqualTo(key("a"));
        });
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }

    @Test
    void aRolledBackTransactionStatesNothing() throws SQLException {
        assertThatThrownBy(() -> Bridge.await(() -> unitOfWork.run(work -> work.state(fact("a", 0))
                        .chain(() -> Uni.createFrom().<Void>failure(new IllegalStateException("body"))))))
                .hasMessage("body");
        state("a", 1, 2);
        relay("one");
        awaitFacts("a", 1);
        assertThat(steps("a")).containsExactly(1);
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }

    @Proves("I4")
    @Test
    void aTransactionThatCommitsLateIsNotSkipped() throws SQLException {
        relay("one");
        try (var late = database.getConnection()) {
            late.setAutoCommit(false);
            insert(late, fact("late", 0), null);
            state("early", 0, 3);
            awaitFacts("early", 3);
            assertThat(steps("late")).isEmpty();
            late.commit();
        }
        awaitFacts("late", 1);
    }

    @Test
    void aFactOfAnotherVersionStaysAndHoldsUpNobody() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("insert into outbox (id, event_type, payload, stated_at)"
                    + " values (gen_random_uuid(), 'io.keyturn.future.v9', '{}', now())");
            relay("one");
            state("a", 0, 3);
            awaitFacts("a", 3);
            await().atMost(PATIENCE).until(() -> waitingIds().size() == 1);
            statement.execute("delete from outbox");
        }
    }

    @Test
    void aKeyThatCannotBeSentHoldsUpNobody() throws Exception {
        try (var connection = database.getConnection()) {
            // No broker takes a record as large as this one.
            insert(connection, fact("large", 0), "x".repeat(3_000_000));
        }
        relay("one");
        state("a", 0, 3);
        awaitFacts("a", 3);
        state("a", 3, 6);
        awaitFacts("a", 6);
        await().atMost(PATIENCE).until(() -> waitingIds().size() == 1);
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("delete from outbox");
        }
    }

    @Test
    void whatADeadInstanceHeldIsCarriedOnOnceItsLeaseHasExpired() throws SQLException {
        // It may be that of another test's relay, which is dead as well.
        execute("delete from lease where name = '" + LEASE + "'");
        Bridge.await(() -> leases.acquire(LEASE, "dead", Duration.ofHours(1)));
        state("a", 0, 10);
        relay("one");
        await("nothing is sent while the lease lasts")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(4))
                .until(() -> steps("a").isEmpty());
        execute("update lease set expires = now() where owner = 'dead'");
        awaitFacts("a", 10);
        assertThat(steps("a")).containsExactlyElementsOf(numbers(10));
    }

    @Test
    void whoHasLostTheLeaseRemovesNothing() throws SQLException {
        execute("delete from lease where name = '" + LEASE + "'");
        Bridge.await(() -> leases.acquire(LEASE, "slow", Duration.ofMillis(1)));
        state("a", 0, 1);
        await().atMost(PATIENCE)
                .until(() -> Bridge.await(() -> leases.acquire(LEASE, "other", Duration.ofHours(1)))
                        .isPresent());
        var store = new OutboxStore(sessions);
        var waiting = waitingIds().stream().map(UUID::fromString).toList();
        Bridge.await(() -> store.remove(waiting, "slow"));
        assertThat(waitingIds()).hasSize(1);
        Bridge.await(() -> store.remove(waiting, "other"));
        assertThat(waitingIds()).isEmpty();
        execute("delete from lease where name = '" + LEASE + "'");
    }

    @Proves({"R23", "I4"})
    @Test
    void aCrashBetweenAcknowledgementAndRemovalRepeatsFactsUnderTheSameIds() throws Exception {
        state("a", 0, 20);
        var crashed = new AtomicBoolean();
        var dying = new OutboxRelay(
                new OutboxStore(sessions) {
                    @Override
                    Uni<Void> remove(List<UUID> sent, String holder) {
                        crashed.set(true);
                        return Uni.createFrom().failure(new IllegalStateException("crash"));
                    }
                },
                signal,
                leases,
                sender,
                named("dying"));
        dying.start();
        await().atMost(PATIENCE).untilTrue(crashed);
        dying.stop();
        assertThat(waitingIds()).hasSize(20);

        relay("one");
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());

        await().atMost(PATIENCE).until(() -> steps("a").size() >= 40);
        assertThat(steps("a").stream().distinct()).containsExactlyElementsOf(numbers(20));
        assertThat(idsOf("a").stream().distinct()).hasSize(20);
    }

    @Proves("I4")
    @Test
    void severalInstancesThatComeAndGoLoseNothingAndKeepTheOrderOfEachKey() throws Exception {
        int writers = 6;
        int facts = 60;
        relay("one");
        relay("two");
        relay("three");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var turn = new AtomicInteger();
            var done = threads.invokeAll(IntStream.range(0, writers)
                    .<Callable<Void>>mapToObj(writer -> () -> {
                        for (int i = 0; i < facts; i += 3) {
                            state("k" + writer, i, i + 3);
                            if (i % 12 == 0) {
                                var relay = relays.get(turn.incrementAndGet() % relays.size());
                                synchronized (relay) {
                                    relay.stop();
                                    relay.start();
                                }
                            }
                        }
                        return null;
                    })
                    .toList());
            for (var writer : done) {
                writer.get();
            }
        }
        for (int writer = 0; writer < writers; writer++) {
            var name = "k" + writer;
            awaitFacts(name, facts);
            assertThat(steps(name).stream().distinct()).containsExactlyElementsOf(numbers(facts));
        }
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }

    @Test
    void moreUnreadableFactsThanAPageHoldUpNobody() throws SQLException {
        execute("insert into outbox (id, event_type, payload, stated_at)"
                + " select gen_random_uuid(), 'io.keyturn.future.v9', '{}', now() from generate_series(1, 300)");
        execute(
                "insert into outbox (id, event_type, payload, stated_at)"
                        + " select gen_random_uuid(), 'io.keyturn.rotation.tested.v1', 'not json', now() from generate_series(1, 450)");
        state("a", 0, 3);
        relay("one");
        awaitFacts("a", 3);
        await().atMost(PATIENCE).until(() -> waitingIds().size() == 750);
        execute("delete from outbox");
    }

    @Test
    void aKeyThatCannotBeSentHoldsUpNobodyHoweverManyFactsItHas() throws Exception {
        try (var connection = database.getConnection()) {
            insert(connection, fact("large", 0), "x".repeat(3_000_000));
        }
        state("large", 1, 450);
        state("a", 0, 3);
        relay("one");
        awaitFacts("a", 3);
        assertThat(steps("large"))
                .as("what comes after the one that cannot be sent")
                .isEmpty();
        execute("delete from outbox where length(traceparent) > 1000");
        awaitFacts("large", 449);
        assertThat(steps("large").stream().distinct())
                .containsExactlyElementsOf(IntStream.range(1, 450).boxed().toList());
    }

    @Test
    void anIdleRelayOnlyLooksAndLeavesTheLeaseToOthers() throws SQLException {
        var looks = new AtomicInteger();
        var relay = new OutboxRelay(
                new OutboxStore(sessions) {
                    @Override
                    Uni<Boolean> isWaiting() {
                        looks.incrementAndGet();
                        return super.isWaiting();
                    }
                },
                signal,
                leases,
                sender,
                named("idle"));
        relays.add(relay);
        relay.start();
        state("a", 0, 1);
        awaitFacts("a", 1);
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
        var before = looks.get();
        await().atMost(PATIENCE).until(() -> looks.get() > before);
        var lease = leaseRow();
        await().atMost(PATIENCE).until(() -> looks.get() > before + 2);
        assertThat(leaseRow()).as("untouched while nothing waits").isEqualTo(lease);
        assertThat(Bridge.await(() -> leases.acquire(LEASE, "other", Duration.ofMillis(1))))
                .isPresent();
    }

    @Test
    void whatAnotherInstanceLeftBehindIsFoundWithoutASignal() throws SQLException {
        relay("one");
        try (var connection = database.getConnection()) {
            insert(connection, fact("left", 0), null);
        }
        awaitFacts("left", 1);
    }

    @Test
    void whatEndsAFindingIsFollowedByATombstoneAndWhatComesAfterStays() throws SQLException {
        var object = ObjectRef.secret(namespace, "db");
        var id = new FindingId("f");
        var raised = new FindingRaised(object, id, FindingKind.BASELINE_LOST, Instant.EPOCH);
        var cleared = new FindingCleared(object, id, FindingKind.BASELINE_LOST, Instant.EPOCH);
        Bridge.await(() -> unitOfWork.run(work -> work.state(List.of(raised, cleared, raised, cleared, raised))));
        relay("one");
        try (var findings = new TopicReader(Topic.FINDINGS.topicName())) {
            var key = "test/" + namespace + "/secret/db";
            await().atMost(PATIENCE).until(() -> findings.ofKey(key).size() >= 7);
            assertThat(findings.ofKey(key))
                    .extracting(OutboxRelayAssertions::said)
                    .containsExactly(raised, cleared, "tombstone", raised, cleared, "tombstone", raised);
        }
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }

    private static Object said(ConsumerRecord<String, byte[]> record) {
        return record.value() == null ? "tombstone" : decoded(record).event();
    }
}
