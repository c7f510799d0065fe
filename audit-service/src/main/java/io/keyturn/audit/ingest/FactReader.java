package io.keyturn.audit.ingest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;

import io.keyturn.audit.record.Fact;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.FindingEvent;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.PublicationId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads records. Stricter than the codec where the table is, which keeps the payload as it came: whatever is {@link Sighting.Met} can
 * be stored, so no single record can hold up a batch for ever.
 */
final class FactReader {
    private FactReader() {}

    static Sighting read(ConsumerRecord<String, byte[]> record) {
        return switch (CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value())) {
            case DecodeResult.Accepted(var envelope) -> met(envelope, record);
            case DecodeResult.Tombstone _ -> new Sighting.Passed();
            case DecodeResult.Refused(var refusal) -> new Sighting.Refused(refusal);
        };
    }

    private static Sighting met(EventEnvelope envelope, ConsumerRecord<String, byte[]> record) {
        var payload = text(record.value());
        if (payload == null) {
            return new Sighting.Refused(Refusal.NOT_JSON);
        }
        var event = envelope.event();
        var about = event.about();
        return new Sighting.Met(new Fact(
                envelope.id(),
                envelope.source(),
                EventType.of(event).type(),
                new Fact.Place(record.topic(), record.partition(), record.offset()),
                new Fact.Subject(about.kind().name(), about.namespace(), about.name()),
                rotation(event),
                envelope.time().truncatedTo(ChronoUnit.MICROS),
                payload));
    }

    /** Null for what is not UTF-8: a JSON parser also reads UTF-16, a table of text does not keep it byte for byte. */
    private static @Nullable String text(byte[] value) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            return text.indexOf('\0') >= 0 ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The rotation an event belongs to; a restart or a changed Secret names it in the publication id. */
    private static @Nullable String rotation(Event event) {
        return switch (event) {
            case RotationEvent e -> e.run().id().value();
            case RotationRequested e -> e.id().value();
            case RestartEvent e -> rotation(e.plan().publication());
            case SecretChanged e -> rotation(e.publication());
            case SecretDeleted _ -> null;
            case FindingEvent _ -> null;
        };
    }

    private static @Nullable String rotation(@Nullable PublicationId publication) {
        return publication == null
                ? null
                : publication.value().substring(0, publication.value().lastIndexOf('.'));
    }
}
