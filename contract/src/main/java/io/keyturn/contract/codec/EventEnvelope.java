package io.keyturn.contract.codec;

import java.time.Instant;
import java.util.UUID;

import io.keyturn.contract.event.Event;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.contract.topic.Service;
import org.jspecify.annotations.Nullable;

/**
 * An event with what CloudEvents says about it.
 *
 * @param id unique per source and the key of every inbox; the id of the outbox row, so a resend keeps it
 * @param source {@code /clusters/<cluster>/<service>}
 * @param traceparent W3C trace context of the transaction that stated the fact
 */
public record EventEnvelope(
        UUID id,
        String source,
        Instant time,
        String key,
        @Nullable String traceparent,
        Event event) {

    /** A new envelope from a service of ours. */
    public static EventEnvelope from(
            ClusterName cluster, Service service, UUID id, Instant time, @Nullable String traceparent, Event event) {
        return new EventEnvelope(
                id, source(cluster, service), time, RecordKey.of(cluster, event.about()), traceparent, event);
    }

    public static String source(ClusterName cluster, Service service) {
        return "/clusters/" + cluster + "/" + service.principal();
    }
}
