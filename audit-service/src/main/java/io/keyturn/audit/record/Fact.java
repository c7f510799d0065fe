package io.keyturn.audit.record;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event as it was met on Kafka, before it has a place in the chain.
 *
 * @param type the CloudEvents type, in full
 * @param rotation the rotation it belongs to, if it belongs to one
 * @param time when the event was stated, in whole microseconds
 * @param payload the value of the record, byte for byte, read as UTF-8
 */
public record Fact(
        UUID eventId,
        String source,
        String type,
        Place place,
        Subject subject,
        @Nullable String rotation,
        Instant time,
        String payload) {

    /** Where on Kafka the record lay. */
    public record Place(String topic, int partition, long offset) {}

    /** The Kubernetes object that the event is about. */
    public record Subject(String kind, String namespace, String name) {}

    /** What makes two records the same event. The topic is part of it: who may write one topic cannot shadow an event of another. */
    public record Identity(String topic, String source, UUID eventId) {}

    public Identity identity() {
        return new Identity(place.topic(), source, eventId);
    }
}
