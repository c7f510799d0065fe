package io.keyturn.system;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Records that are no events are put aside with a reason, and what comes after them on their partition is not held up. */
class BadInputST {
    private static final String NAMESPACE = "junk";
    private static final byte[] OBJECT = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Set<String> EVERY_REASON = Set.of(
            Refusal.MISSING_HEADER.name(),
            Refusal.UNKNOWN_TYPE.name(),
            Refusal.WRONG_TOPIC.name(),
            Refusal.WRONG_SIZE.name(),
            Refusal.NOT_JSON.name(),
            Refusal.INVALID_FIELD.name());

    @Test
    void recordsThatAreNoEventsArePutAsideAndThePartitionGoesOn() throws ExecutionException, InterruptedException {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        for (var topic : Topic.values()) {
            junk(topic);
        }

        scenario.succeeds(scenario.rotate("after-junk"));
        scenario.assertNobodyWasRefused();

        for (var topic : Topic.values()) {
            for (var reader : topic.readers()) {
                // The watcher reads its own statements when it begins to lead.
                if (reader != Service.WATCHER) {
                    assertPutAside(topic, reader);
                }
            }
        }
        Keyturn.service(ServiceJar.WATCHER).restart();
        Keyturn.service(ServiceJar.WATCHER).awaitReady();
        assertPutAside(Topic.SECRETS, Service.WATCHER);
        scenario.succeeds(scenario.rotate("after-restart"));
    }

    private static void assertPutAside(Topic topic, Service reader) {
        var name = topic.deadLetterTopic(reader);
        await(name)
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(reasons(name)).isEqualTo(new TreeSet<>(EVERY_REASON)));
        // A letter is counted once the broker has acknowledged it, a moment after it can be read.
        await(reader + " counts").atMost(Scenario.PATIENCE).untilAsserted(() -> assertCounted(topic, reader));
    }

    private static void assertCounted(Topic topic, Service reader) {
        var metrics = Keyturn.service(ServiceJar.valueOf(reader.name())).get("/q/metrics");
        for (var reason : EVERY_REASON) {
            assertThat(metrics)
                    .containsPattern("keyturn_dead_letters_total\\{[^}]*reason=\"" + reason + "\"[^}]*topic=\""
                            + topic.topicName() + "\"[^}]*\\} [1-9]");
        }
    }

    private static void junk(Topic topic) throws ExecutionException, InterruptedException {
        var type = Stream.of(EventType.values())
                .filter(one -> one.topic() == topic)
                .findFirst()
                .orElseThrow();
        var other = Stream.of(EventType.values())
                .filter(one -> one.topic() != topic)
                .findFirst()
                .orElseThrow();
        var key = key(topic);
        var config = new HashMap<String, Object>(Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN));
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            var records = List.of(
                    record(topic, key, List.of(), "hello".getBytes(StandardCharsets.UTF_8)),
                    record(topic, key, headers(type.type()), "not JSON".getBytes(StandardCharsets.UTF_8)),
                    record(topic, key, headers("io.keyturn.something.else.v1"), OBJECT),
                    record(topic, key, headers(other.type()), OBJECT),
                    record(topic, key, headers(type.type()), OBJECT),
                    record(topic, key, headers(type.type()), new byte[0]));
            for (var record : records) {
                producer.send(record).get();
            }
        }
    }

    /** That of the real events, so that the junk lies on their partition, before them. */
    private static String key(Topic topic) {
        return switch (topic) {
            case ROTATION_REQUESTS, ROTATIONS -> "system/" + NAMESPACE + "/secretrotation/orders-db";
            case SECRETS, RESTARTS, FINDINGS -> "system/" + NAMESPACE + "/secret/orders-db";
        };
    }

    private static ProducerRecord<String, byte[]> record(Topic topic, String key, List<Header> headers, byte[] value) {
        return new ProducerRecord<>(topic.topicName(), null, key, value, headers);
    }

    private static List<Header> headers(String type) {
        var headers = new ArrayList<Header>();
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "/nobody",
                        "ce_type",
                        type,
                        "ce_time",
                        Instant.now().toString())
                .forEach((name, value) -> headers.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        return headers;
    }

    /** The reasons of the dead letters about this test's records; they carry nothing but where they came from. */
    private static Set<String> reasons(String deadLetters) {
        var reasons = new TreeSet<String>();
        for (var letter : read(deadLetters)) {
            assertThat(letter.headers())
                    .extracting(Header::key)
                    .containsExactlyInAnyOrder(
                            "keyturn-reason", "keyturn-topic", "keyturn-partition", "keyturn-offset");
            reasons.add(new String(
                    requireNonNull(letter.headers().lastHeader("keyturn-reason"))
                            .value(),
                    StandardCharsets.UTF_8));
        }
        return reasons;
    }

    private static List<ConsumerRecord<String, byte[]>> read(String topic) {
        var config = new HashMap<String, Object>(Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN));
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
            var records = new ArrayList<ConsumerRecord<String, byte[]>>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
            }
            return records;
        }
    }
}
