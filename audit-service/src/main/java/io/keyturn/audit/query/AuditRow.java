package io.keyturn.audit.query;

import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** An entry as the table holds it; read only. */
@Entity
@Immutable
@Table(name = "audit_entry")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
class AuditRow {
    @Id
    long seq;

    @Column(name = "event_id")
    UUID eventId;

    String source;
    String type;
    String topic;

    @Column(name = "\"partition\"")
    int partition;

    @Column(name = "\"offset\"")
    long offset;

    String kind;
    String namespace;
    String name;

    @Nullable
    String rotation;

    @Column(name = "event_time")
    Instant eventTime;

    @Column(name = "recorded_at")
    Instant recordedAt;

    String payload;

    @Column(name = "prev_hash")
    byte[] prevHash;

    byte[] hash;

    protected AuditRow() {}
}
