package io.keyturn.audit.query;

import java.util.HexFormat;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keyturn.audit.record.Canonical;
import org.jspecify.annotations.Nullable;

/**
 * An entry as callers see it: everything the hash covers, in the very form it covers it, so that a third party can recompute it.
 *
 * @param payload the event's JSON as text, byte for byte as it was on Kafka
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record EventView(
        long seq,
        UUID id,
        String source,
        String type,
        String topic,
        int partition,
        long offset,
        String kind,
        String namespace,
        String name,
        @Nullable String rotation,
        String time,
        String recordedAt,
        String payload,
        String prevHash,
        String hash) {
    static EventView of(AuditRow row) {
        return new EventView(
                row.seq,
                row.eventId,
                row.source,
                row.type,
                row.topic,
                row.partition,
                row.offset,
                row.kind,
                row.namespace,
                row.name,
                row.rotation,
                Canonical.time(row.eventTime),
                Canonical.time(row.recordedAt),
                row.payload,
                HexFormat.of().formatHex(row.prevHash),
                HexFormat.of().formatHex(row.hash));
    }
}
