package io.keyturn.kit.messaging;

import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.DecodeResult.Refused;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.codec.EventEnvelope;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The front door of every consumer: an event goes to its handler, a tombstone is passed over, the rest is put aside. */
@ApplicationScoped
public class EventReader {
    private final DeadLetters deadLetters;

    EventReader(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** Completes when the record may be acknowledged; a handler that fails is called again until it does not. */
    public Uni<Void> read(ConsumerRecord<String, byte[]> record, Function<EventEnvelope, Uni<Void>> handler) {
        return Patience.with(record.topic(), () -> once(record, handler));
    }

    private Uni<Void> once(ConsumerRecord<String, byte[]> record, Function<EventEnvelope, Uni<Void>> handler) {
        return switch (CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value())) {
            case Accepted(var envelope) -> handler.apply(envelope);
            case Tombstone _ -> Uni.createFrom().voidItem();
            case Refused(var refusal) -> deadLetters.put(record, refusal);
        };
    }
}
