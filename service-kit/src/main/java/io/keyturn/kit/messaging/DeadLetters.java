package io.keyturn.kit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.topic.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Puts a record that is not an event aside, unchanged, with a reason code and where it came from. The headers of a dead letter
 * are these four and nothing else: neither the record's own headers nor any exception text travel along.
 *
 * <p>A key or value larger than an event can have is left out: a compressed record may be larger than any topic takes back, and
 * one that cannot be put aside would hold up its partition for ever.
 */
@ApplicationScoped
public class DeadLetters {
    private static final int MAX_KEY_LENGTH = 1024;

    private final EventSender sender;
    private final KitConfig config;
    private final MeterRegistry metrics;

    DeadLetters(EventSender sender, KitConfig config, MeterRegistry metrics) {
        this.sender = sender;
        this.config = config;
        this.metrics = metrics;
    }

    /** Completes when the dead letter is on its topic: only then may the record be acknowledged. */
    public Uni<Void> put(ConsumerRecord<String, byte[]> record, Refusal refusal) {
        var topic = Topic.named(record.topic())
                .orElseThrow(() -> new IllegalArgumentException("Not a topic of the contract"))
                .deadLetterTopic(config.service());
        return sender.send(topic, key(record), headers(record, refusal), value(record))
                .invoke(() -> count(record.topic(), refusal));
    }

    private void count(String topic, Refusal refusal) {
        metrics.counter("keyturn.dead.letters", "topic", topic, "reason", refusal.name())
                .increment();
    }

    private static @Nullable String key(ConsumerRecord<String, byte[]> record) {
        var key = record.key();
        return key == null || key.length() > MAX_KEY_LENGTH ? null : key;
    }

    private static byte @Nullable [] value(ConsumerRecord<String, byte[]> record) {
        var value = record.value();
        return value == null || value.length > CloudEventCodec.MAX_VALUE_BYTES ? null : value;
    }

    private static List<Header> headers(ConsumerRecord<String, byte[]> record, Refusal refusal) {
        return List.of(
                header("keyturn-reason", refusal.name()),
                header("keyturn-topic", record.topic()),
                header("keyturn-partition", String.valueOf(record.partition())),
                header("keyturn-offset", String.valueOf(record.offset())));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
