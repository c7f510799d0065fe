package io.keyturn.kit.outbox;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import org.jspecify.annotations.Nullable;

/** A fact waiting for its broker; its id becomes the CloudEvent's. */
@Entity
@Table(name = "outbox")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
public class OutboxRow {
    @Id
    UUID id;

    @Column(insertable = false, updatable = false)
    Long position;

    @Column(name = "event_type", nullable = false)
    String eventType;

    @Column(nullable = false)
    String payload;

    @Column(name = "stated_at", nullable = false)
    Instant statedAt;

    @Column
    @Nullable
    String traceparent;

    protected OutboxRow() {}

    /** A row for a fact stated now. */
    public OutboxRow(UUID id, Event event, Instant statedAt, @Nullable String traceparent) {
        this.id = id;
        this.eventType = EventType.of(event).type();
        this.statedAt = statedAt;
        this.traceparent = traceparent;
        try {
            this.payload = EventJson.mapper().writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event must be JSON: " + eventType, e);
        }
    }

    /** Fails with {@code IllegalStateException} if a newer version wrote what this one does not know. */
    Event event() {
        var type = EventType.named(eventType)
                .orElseThrow(() -> new IllegalStateException("An outbox row must hold an event of this version"));
        try {
            return EventJson.mapper().readValue(payload, type.record());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An outbox row must hold its event: " + eventType, e);
        }
    }
}
