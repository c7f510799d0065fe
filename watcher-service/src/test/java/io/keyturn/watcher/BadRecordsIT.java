package io.keyturn.watcher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Somebody wrote on the watcher's own topic what is no statement. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class BadRecordsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STATEMENT = EventType.SECRET_CHANGED.type();
    private static final ObjectRef OBJECT = ObjectRef.secret("bad-records", "db");
    private static final ObjectRef NOBODY = ObjectRef.secret("bad-records", "nobody");
    private static final ObjectRef FUTURE = ObjectRef.secret("bad-records", "future");

    @Inject
    Campaign campaign;

    @Inject
    MeterRegistry metrics;

    private final TopicLog topic = new TopicLog(Topic.SECRETS);
    private final TopicLog deadLetters = new TopicLog(Topic.SECRETS.deadLetterTopic(Service.WATCHER));

    @AfterEach
    void close() throws InterruptedException {
        topic.close();
        deadLetters.close();
    }

    @Test
    void areCountedAndPutAsideOnceAndWhatTheyHaveOverwrittenIsPutBack() throws Exception {
        lead();
        var stated = stated();
        campaign.stop();
        send(OBJECT, Map.of(), "{}");
        send(OBJECT, headers(STATEMENT), "not JSON");
        send(NOBODY, headers(STATEMENT), "{}");
        send(FUTURE, headers("io.keyturn.rotation.succeeded.v1"), "{}");
        send(FUTURE, headers("io.keyturn.something.else.v1"), "{}");
        lead();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(reasons(OBJECT)).containsExactly("MISSING_HEADER", "NOT_JSON");
            assertThat(reasons(NOBODY)).containsExactly("INVALID_FIELD");
            assertThat(reasons(FUTURE)).containsExactly("WRONG_TOPIC", "UNKNOWN_TYPE");
            assertThat(topic.results(NOBODY).getLast()).isInstanceOf(Tombstone.class);
            assertThat(topic.results(OBJECT)).hasSize(4);
        });
        assertThat(topic.envelopes(OBJECT)).containsExactly(stated, stated);
        assertEachCountedOnce();

        campaign.stop();
        lead();
        assertEachCountedOnce();
        assertThat(topic.results(OBJECT)).hasSize(4);
        assertThat(topic.results(FUTURE)).as("left for who knows it").hasSize(2);
    }

    private void assertEachCountedOnce() {
        for (var reason : List.of(
                Refusal.MISSING_HEADER,
                Refusal.NOT_JSON,
                Refusal.INVALID_FIELD,
                Refusal.WRONG_TOPIC,
                Refusal.UNKNOWN_TYPE)) {
            assertThat(counted(reason)).as("%s", reason).isOne();
        }
    }

    private void lead() {
        campaign.start();
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
    }

    private EventEnvelope stated() {
        Testbed.shared().kubernetes().createNamespace(OBJECT.namespace());
        Secrets.write(OBJECT, "x");
        await().atMost(PATIENCE).until(() -> topic.envelopes(OBJECT).size() == 1);
        return topic.envelopes(OBJECT).getFirst();
    }

    private List<String> reasons(ObjectRef object) {
        return deadLetters.about(object).map(BadRecordsIT::reason).toList();
    }

    private static String reason(ConsumerRecord<String, byte[]> letter) {
        var header = Objects.requireNonNull(letter.headers().lastHeader("keyturn-reason"));
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private double counted(Refusal reason) {
        return metrics.counter("keyturn.dead.letters", "topic", Topic.SECRETS.topicName(), "reason", reason.name())
                .count();
    }

    private static Map<String, String> headers(String type) {
        return Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                UUID.randomUUID().toString(),
                "ce_source",
                "/nobody",
                "ce_type",
                type,
                "ce_time",
                Instant.now().toString());
    }

    private static void send(ObjectRef object, Map<String, String> headers, String value) throws Exception {
        var settings = new HashMap<String, Object>(Testbed.shared().kafka().clientConfig(KafkaServer.ADMIN));
        var record = new ProducerRecord<>(
                Topic.SECRETS.topicName(),
                RecordKey.of(new ClusterName(WatcherTestbed.CLUSTER), object),
                value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }
}
