package io.keyturn.kit.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.server.TopicReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What reading events must do, on whichever servers a subclass brings. */
abstract class EventReaderAssertions {
    private static final String TOPIC = Topic.FINDINGS.topicName();
    private static final String DEAD_LETTERS = Topic.FINDINGS.deadLetterTopic(Service.ROTATION);

    @Inject
    EventReader reader;

    @Inject
    EventSender sender;

    @Inject
    MeterRegistry metrics;

    private final List<EventEnvelope> handled = new ArrayList<>();
    private final String key = "test/" + UUID.randomUUID();

    @Test
    void anEventGoesToItsHandler() {
        var envelope = envelope();
        read(record(key, CloudEventCodec.value(envelope.event()), CloudEventCodec.headers(envelope)));
        assertThat(handled).containsExactly(envelope);
    }

    @Test
    void aHandlerThatFailsIsCalledAgainUntilItDoesNot() {
        var envelope = envelope();
        var event = record(key, CloudEventCodec.value(envelope.event()), CloudEventCodec.headers(envelope));
        var calls = new AtomicInteger();

        Bridge.await(() -> reader.read(
                event,
                _ -> calls.incrementAndGet() < 3
                        ? Uni.createFrom().failure(new IllegalStateException("database away"))
                        : Uni.createFrom().voidItem()));

        assertThat(calls).hasValue(3);
    }

    @Test
    void aTombstoneIsPassedOver() {
        read(record(key, null, List.of()));
        assertThat(handled).isEmpty();
    }

    @Test
    void aRefusedRecordIsPutAsideWithFourHeadersAndNoMore() {
        var value = "not json".getBytes(StandardCharsets.UTF_8);
        var headers = CloudEventCodec.headers(envelope());
        headers.add(new org.apache.kafka.common.header.internals.RecordHeader("x-stray", value));
        double before = counted("NOT_JSON");

        read(record(key, value, headers));

        try (var topic = new TopicReader(DEAD_LETTERS)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !topic.ofKey(key).isEmpty());
            var letter = topic.ofKey(key).getFirst();
            assertThat(letter.value()).isEqualTo(value);
            assertThat(headers(letter))
                    .containsExactlyEntriesOf(new TreeMap<>(java.util.Map.of(
                            "keyturn-offset", "42",
                            "keyturn-partition", "3",
                            "keyturn-reason", "NOT_JSON",
                            "keyturn-topic", TOPIC)));
        }
        assertThat(handled).isEmpty();
        assertThat(counted("NOT_JSON")).isEqualTo(before + 1);
    }

    @Test
    void theLargestRecordATopicTakesCanBePutAside() {
        read(record(key, new byte[CloudEventCodec.MAX_VALUE_BYTES], List.of()));
        try (var topic = new TopicReader(DEAD_LETTERS)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !topic.ofKey(key).isEmpty());
            assertThat(topic.ofKey(key).getFirst().value()).hasSize(CloudEventCodec.MAX_VALUE_BYTES);
        }
    }

    @Test
    void whatWasCompressedBeyondAnySizeIsPutAsideWithoutItsContent() {
        read(new ConsumerRecord<>(
                TOPIC,
                4,
                4711,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                "k".repeat(3_000_000),
                new byte[5_000_000],
                new RecordHeaders(),
                Optional.empty()));
        try (var topic = new TopicReader(DEAD_LETTERS)) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> topic.all().stream()
                            .anyMatch(r -> "4711".equals(headers(r).get("keyturn-offset"))));
            assertThat(topic.all())
                    .filteredOn(r -> "4711".equals(headers(r).get("keyturn-offset")))
                    .allSatisfy(r -> assertThat(r.value()).isNull())
                    .allSatisfy(r -> assertThat(headers(r)).containsEntry("keyturn-reason", "WRONG_SIZE"));
        }
    }

    @Test
    void aSentTombstoneDeletesItsKey() {
        Bridge.await(() -> sender.sendTombstone(TOPIC, key));
        try (var topic = new TopicReader(TOPIC)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !topic.ofKey(key).isEmpty());
            assertThat(topic.ofKey(key).getFirst().value()).isNull();
        }
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        Bridge.await(() -> reader.read(record, envelope -> {
            handled.add(envelope);
            return Uni.createFrom().voidItem();
        }));
    }

    private double counted(String reason) {
        return metrics.counter("keyturn.dead.letters", "topic", TOPIC, "reason", reason)
                .count();
    }

    private EventEnvelope envelope() {
        var event = new FindingRaised(
                ObjectRef.secret("shop", "db"), new FindingId("f"), FindingKind.BASELINE_LOST, Instant.EPOCH);
        return new EventEnvelope(UUID.randomUUID(), "/clusters/test/keyturn-watcher", Instant.EPOCH, key, null, event);
    }

    private static ConsumerRecord<String, byte[]> record(
            String key, byte @Nullable [] value, List<org.apache.kafka.common.header.Header> headers) {
        return new ConsumerRecord<>(
                TOPIC,
                3,
                42,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(headers),
                Optional.empty());
    }

    private static TreeMap<String, String> headers(ConsumerRecord<String, byte[]> record) {
        var headers = new TreeMap<String, String>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
