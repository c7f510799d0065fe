package io.keyturn.kit.messaging;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends records through channel {@code events}; every send is awaited by its caller, so none is lost in a burst. A record's headers
 * are exactly those given: the connector adds none, an event carries the trace of the transaction that stated it.
 */
@ApplicationScoped
public class EventSender {
    public static final String CHANNEL = "events";

    private final MutinyEmitter<byte[]> emitter;

    EventSender(@Channel(CHANNEL) MutinyEmitter<byte[]> emitter) {
        this.emitter = emitter;
    }

    /** Completes when the broker has acknowledged; fails if it did not within the delivery time-out. */
    public Uni<Void> send(EventEnvelope envelope) {
        var topic = EventType.of(envelope.event()).topic().topicName();
        return send(topic, envelope.key(), CloudEventCodec.headers(envelope), CloudEventCodec.value(envelope.event()));
    }

    /** Deletes a key of a compacted topic. */
    public Uni<Void> sendTombstone(String topic, String key) {
        return send(topic, key, List.of(), null);
    }

    Uni<Void> send(String topic, @Nullable String key, Iterable<Header> headers, byte @Nullable [] value) {
        var kafka = OutgoingKafkaRecordMetadata.<String>builder()
                .withTopic(topic)
                .withKey(key)
                .withHeaders(new RecordHeaders(headers))
                .build();
        return emitter.sendMessage(Message.of(value, Metadata.of(kafka)));
    }
}
