package io.keyturn.audit.ingest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import io.keyturn.audit.bed.Api;
import io.keyturn.audit.bed.AuditBed;
import io.keyturn.audit.bed.Broker;
import io.keyturn.audit.bed.Database;
import io.keyturn.audit.record.Fact;
import io.keyturn.audit.store.AuditWriter;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(AuditBed.class)
class RecordingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String[] TOPICS =
            Arrays.stream(Topic.values()).map(Topic::topicName).toArray(String[]::new);

    @Inject
    Ingestion ingestion;

    @Inject
    AuditWriter writer;

    private final Broker broker = new Broker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void everyTopicOfTheContractIsRead() {
        var topics = ConfigProvider.getConfig().getValue("mp.messaging.incoming.audit.topics", String[].class);

        assertThat(topics).containsExactlyInAnyOrder(TOPICS);
    }

    @Proves("I6")
    @Test
    void everyEventTypeIsOnRecordOnceByteForByte() {
        var sent = new EnumMap<EventType, UUID>(EventType.class);
        for (var type : EventType.values()) {
            sent.put(type, broker.send(type));
        }

        sent.values().forEach(this::awaitRecorded);

        for (var sending : sent.entrySet()) {
            var type = sending.getKey();
            var entry = Api.json("/audit/events?limit=1&type=" + type.fileName())
                    .get("items")
                    .get(0);
            assertThat(entry.get("id").asText()).isEqualTo(sending.getValue().toString());
            assertThat(entry.get("payload").asText())
                    .isEqualTo(new String(Broker.golden(type), StandardCharsets.UTF_8));
            assertThat(entry.get("type").asText()).isEqualTo(type.type());
            assertThat(entry.get("topic").asText()).isEqualTo(type.topic().topicName());
            assertThat(Database.entries(sending.getValue())).isOne();
        }
    }

    @Test
    void whatBelongsToARotationIsFoundByItOnWhateverTopicItTravelled() {
        var rotation = "r" + UUID.randomUUID().toString().replace("-", "");
        var ids = List.of(
                        EventType.ROTATION_REQUESTED,
                        EventType.ROTATION_PROMOTED,
                        EventType.SECRET_CHANGED,
                        EventType.RESTART_COMPLETED)
                .stream()
                .map(type -> broker.send(type, golden(type).replace("k3v9q2x7m1a8c5e0", rotation)))
                .toList();
        ids.forEach(this::awaitRecorded);

        var found = Api.json("/audit/events?rotation=" + rotation).get("items");

        assertThat(found)
                .extracting(entry -> UUID.fromString(entry.get("id").asText()))
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Proves({"R23", "I4"})
    @Test
    void replayOfAllTopicsFromTheStartAddsNothing() throws Exception {
        awaitRecorded(broker.send(EventType.ROTATION_STARTED));
        var everything = broker.everything(TOPICS);
        var before = Database.number("select max(seq) from audit_entry");

        Thread.ofVirtual().start(() -> ingestion.take(everything)).join();

        assertThat(everything.count()).isPositive();
        assertThat(Database.number("select max(seq) from audit_entry")).isEqualTo(before);
    }

    @Test
    void recordsThatAreNoEventsArePutAsideAndThePartitionGoesOn() {
        var type = EventType.ROTATION_TESTED;
        var marker = UUID.randomUUID().toString();
        broker.send(record(type, "not json".getBytes(StandardCharsets.UTF_8)), h -> h.add("m", marker.getBytes()));
        broker.send(record(type, golden(type).getBytes(StandardCharsets.UTF_16LE)));
        broker.send(record(type, Broker.golden(type)), headers -> headers.remove("ce_id"));
        broker.send(record(type, Broker.golden(type)), headers -> headers.add("ce_source", "/a\0b".getBytes()));
        broker.send(
                record(type, Broker.golden(type)),
                headers -> headers.add("ce_source", "s".repeat(600).getBytes()));
        broker.send(
                record(type, Broker.golden(type)),
                headers -> headers.add("ce_time", "+1000000-01-01T00:00:00Z".getBytes()));
        var good = UUID.randomUUID();
        broker.send(Broker.record(type, good, Instant.now(), Broker.golden(type), 0));

        awaitRecorded(good);

        var deadLetters = broker.everything(type.topic().deadLetterTopic(Service.AUDIT))
                .records(type.topic().deadLetterTopic(Service.AUDIT));
        assertThat(deadLetters)
                .extracting(RecordingIT::reason)
                .contains("NOT_JSON", "MISSING_HEADER")
                .hasSize(6);
        assertThat(deadLetters).noneMatch(letter -> letter.headers().lastHeader("m") != null);
        assertThat(Api.get("/q/metrics").body()).contains("keyturn_dead_letters_total{reason=\"NOT_JSON\"");
    }

    @Test
    void tombstonesArePassedOver() {
        var deleted = broker.send(EventType.SECRET_DELETED);
        broker.send(new ProducerRecord<>(Topic.SECRETS.topicName(), "c1/shop/secret/orders-db", null));
        var next = broker.send(EventType.SECRET_CHANGED);

        awaitRecorded(next);

        assertThat(Database.entries(deleted)).isOne();
    }

    @Proves("I6")
    @Test
    void writersOnTheSameDatabaseNeverForkTheChain() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var same = facts(20);
            var jobs = IntStream.range(0, 24)
                    .mapToObj(i -> threads.submit(() -> writer.append(i % 3 == 0 ? same : facts(10))))
                    .toList();
            int added = 0;
            for (var job : jobs) {
                added += job.get().entries().size();
            }
            assertThat(added).isEqualTo(20 + 16 * 10);
        }
        assertThat(Api.json("/audit/verify").get("ok").asBoolean()).isTrue();
    }

    @Proves({"I6", "I8"})
    @Test
    void databaseOutageLosesNothingAndKeepsTheOrderOfThePartition() {
        awaitRecorded(broker.send(EventType.ROTATION_STARTED));
        var type = EventType.ROTATION_APPLIED;
        var postgres = Testbed.shared().postgres();
        postgres.stopImmediately();
        var ids = IntStream.range(0, 50).mapToObj(_ -> UUID.randomUUID()).toList();
        try {
            ids.forEach(id -> broker.send(Broker.record(type, id, Instant.now(), Broker.golden(type), 2)));
            await().atMost(PATIENCE).until(() -> Api.get("/q/health/ready").statusCode() == 503);
            assertThat(Api.get("/q/health/live").statusCode()).isEqualTo(200);
            assertThat(Api.get("/audit/events").statusCode()).isEqualTo(503);
            assertThat(Api.get("/audit/verify").statusCode()).isEqualTo(503);
        } finally {
            postgres.resume();
        }

        awaitRecorded(ids.getLast());

        var recorded = Api.all("order=oldest&type=" + type.fileName(), () -> {}).stream()
                .map(entry -> UUID.fromString(entry.get("id").asText()))
                .filter(Set.copyOf(ids)::contains)
                .toList();
        assertThat(recorded).isEqualTo(ids);
        await().atMost(PATIENCE).until(() -> Api.get("/q/health/ready").statusCode() == 200);
    }

    private void awaitRecorded(UUID id) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> Database.entries(id) == 1);
    }

    private static String golden(EventType type) {
        return new String(Broker.golden(type), StandardCharsets.UTF_8);
    }

    /** Partition 0; the value replaces the golden one after key and headers were made from that. */
    private static ProducerRecord<String, byte[]> record(EventType type, byte[] value) {
        var good = Broker.record(type, UUID.randomUUID(), Instant.now(), Broker.golden(type), 0);
        return new ProducerRecord<>(good.topic(), 0, good.key(), value, good.headers());
    }

    private static String reason(ConsumerRecord<String, byte[]> letter) {
        return new String(letter.headers().lastHeader("keyturn-reason").value(), StandardCharsets.UTF_8);
    }

    private static List<Fact> facts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Fact(
                        UUID.randomUUID(),
                        "/clusters/c1/keyturn-rotation",
                        EventType.ROTATION_STARTED.type(),
                        new Fact.Place(Topic.ROTATIONS.topicName(), 0, i),
                        new Fact.Subject("SecretRotation", "many", "writers"),
                        null,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "{\"text\":\"\\\\ \\n\t é\"}"))
                .collect(Collectors.toList());
    }
}
