package io.keyturn.kit.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationTested;
import io.keyturn.contract.reference.ClusterName;
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
import io.keyturn.kit.server.TopicReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.awaitility.Awaitility.await;

/** An outbox, relays that are started by hand, and what arrives on the topic; a namespace of its own for each test. */
abstract class OutboxScenario {
    static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String TOPIC = Topic.ROTATIONS.topicName();
    static final String LEASE = "outbox-relay";

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

    final List<OutboxRelay> relays = new ArrayList<>();
    final String namespace = "n" + UUID.randomUUID().toString().substring(0, 8);
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

    OutboxRelay relay(String instance) {
        var relay = new OutboxRelay(store, signal, leases, sender, named(instance));
        relays.add(relay);
        relay.start();
        return relay;
    }

    KitConfig named(String instance) {
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

    void state(String name, int from, int to) {
        var facts = IntStream.range(from, to).mapToObj(i -> fact(name, i)).toList();
        Bridge.await(() -> unitOfWork.run(work -> work.state(facts)));
    }

    RotationTested fact(String name, int step) {
        return new RotationTested(
                new RunRef(new RotationId("r1"), ObjectRef.secretRotation(namespace, name)),
                Instant.EPOCH,
                new PrincipalName("step-" + step));
    }

    String key(String name) {
        return "test/" + namespace + "/secretrotation/" + name;
    }

    void awaitFacts(String name, int count) {
        await().atMost(PATIENCE).until(() -> steps(name).stream().distinct().count() >= count);
    }

    List<Integer> steps(String name) {
        return envelopes(name).stream()
                .map(e -> Integer.valueOf(
                        ((RotationTested) e.event()).principal().value().substring("step-".length())))
                .toList();
    }

    List<String> idsOf(String name) {
        return envelopes(name).stream().map(e -> e.id().toString()).toList();
    }

    List<EventEnvelope> envelopes(String name) {
        return topic.ofKey(key(name)).stream().map(OutboxScenario::decoded).toList();
    }

    static EventEnvelope decoded(ConsumerRecord<String, byte[]> record) {
        var result = CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value());
        return ((DecodeResult.Accepted) result).envelope();
    }

    static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    static void insert(Connection connection, RotationTested fact, @Nullable String traceparent) throws SQLException {
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

    String leaseRow() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select lease.xmin || ' ' || lease from lease where name = '" + LEASE + "'")) {
            return rows.next() ? rows.getString(1) : "none";
        }
    }

    void execute(String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> waitingIds() throws SQLException {
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
