package io.keyturn.kit.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.lease.Leases;
import io.keyturn.kit.messaging.EventSender;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.server.KitServers;
import io.keyturn.kit.server.TopicReader;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@WithTestResource(KitServers.class)
class OutboxRelayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String TOPIC = Topic.ROTATIONS.topicName();
    private static final String LEASE = "outbox-relay";

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    OutboxRelay relayOfTheService;

    @Inject
    OutboxStore store;

    @Inject
    OutboxSignal signal;

    @Inject
    Leases leases;

    @Inject
    EventSender sender;

    @Inject
    Mutiny.SessionFactory sessions;

    @Inject
    DataSource database;

    private final List<OutboxRelay> relays = new ArrayList<>();
    private final String namespace = "n" + UUID.randomUUID().toString().substring(0, 8);
    private TopicReader topic;

    @BeforeEach
    void prepare() throws InterruptedException {
        relayOfTheService.stop();
        topic = new TopicReader(TOPIC);
    }

    @AfterEach
    void clean() throws InterruptedException {
        for (var relay : relays) {
            relay.stop();
        }
        topic.close();
        relayOfTheService.start();
    }

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
    void whatADeadInstanceHeldIsCarriedOnOnceItsLeaseHasExpired() {
        Bridge.await(() -> leases.acquire(LEASE, "dead", Duration.ofSeconds(2)));
        state("a", 0, 10);
        relay("one");
        assertThat(steps("a")).isEmpty();
        awaitFacts("a", 10);
        assertThat(steps("a")).containsExactlyElementsOf(numbers(10));
    }

    @Test
    void aCrashBetweenAcknowledgementAndRemovalRepeatsFactsUnderTheSameIds() throws Exception {
        state("a", 0, 20);
        var crashed = new AtomicBoolean();
        var dying = new OutboxRelay(
                new OutboxStore(sessions) {
                    @Override
                    Uni<Void> remove(List<UUID> sent) {
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
                    .extracting(OutboxRelayIT::said)
                    .containsExactly(raised, cleared, "tombstone", raised, cleared, "tombstone", raised);
        }
        await().atMost(PATIENCE).until(() -> waitingIds().isEmpty());
    }

    private static Object said(ConsumerRecord<String, byte[]> record) {
        return record.value() == null ? "tombstone" : decoded(record).event();
    }

    private OutboxRelay relay(String instance) {
        var relay = new OutboxRelay(store, signal, leases, sender, named(instance));
        relays.add(relay);
        relay.start();
        return relay;
    }

    private KitConfig named(String instance) {
        var unique = instance + "-" + namespace;
        return new KitConfig() {
            @Override
            public ClusterName cluster() {
                return new ClusterName("test");
            }

            @Override
            public Service service() {
                return Service.ROTATION;
            }

            @Override
            public String instance() {
                return unique;
            }
        };
    }

    private void state(String name, int from, int to) {
        var facts = IntStream.range(from, to).mapToObj(i -> fact(name, i)).toList();
        Bridge.await(() -> unitOfWork.run(work -> work.state(facts)));
    }

    private RotationTested fact(String name, int step) {
        return new RotationTested(
                new RunRef(new RotationId("r1"), ObjectRef.secretRotation(namespace, name)),
                Instant.EPOCH,
                new PrincipalName("step-" + step));
    }

    private String key(String name) {
        return "test/" + namespace + "/secretrotation/" + name;
    }

    private void awaitFacts(String name, int count) {
        await().atMost(PATIENCE).until(() -> steps(name).stream().distinct().count() >= count);
    }

    private List<Integer> steps(String name) {
        return envelopes(name).stream()
                .map(e -> Integer.valueOf(
                        ((RotationTested) e.event()).principal().value().substring("step-".length())))
                .toList();
    }

    private List<String> idsOf(String name) {
        return envelopes(name).stream().map(e -> e.id().toString()).toList();
    }

    private List<EventEnvelope> envelopes(String name) {
        return topic.ofKey(key(name)).stream().map(OutboxRelayIT::decoded).toList();
    }

    private static EventEnvelope decoded(ConsumerRecord<String, byte[]> record) {
        var result = CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value());
        return ((DecodeResult.Accepted) result).envelope();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void insert(Connection connection, RotationTested fact, @Nullable String traceparent)
            throws SQLException {
        var row = new OutboxRow(UUID.randomUUID(), fact, Instant.EPOCH, null);
        try (var statement = connection.prepareStatement(
                "insert into outbox (id, event_type, payload, stated_at, traceparent) values (?, ?, ?, now(), ?)")) {
            statement.setObject(1, row.id);
            statement.setString(2, row.eventType);
            statement.setString(3, row.payload);
            statement.setString(4, traceparent);
            statement.executeUpdate();
        }
    }

    private String leaseRow() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select lease.xmin || ' ' || lease from lease where name = '" + LEASE + "'")) {
            return rows.next() ? rows.getString(1) : "none";
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> waitingIds() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select id from outbox order by position")) {
            var ids = new ArrayList<String>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        }
    }
}
