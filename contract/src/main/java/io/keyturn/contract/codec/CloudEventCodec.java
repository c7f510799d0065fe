package io.keyturn.contract.codec;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.DecodeResult.Refused;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.topic.Topic;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Events as Kafka records: CloudEvents 1.0.2, Kafka protocol binding, binary content mode
 * (cloudevents/spec, bindings/kafka-protocol-binding.md), with the partitioning and distributed-tracing extensions.
 */
public final class CloudEventCodec {
    /** No event of ours comes near; a larger value is refused unread. */
    public static final int MAX_VALUE_BYTES = 1 << 20;

    public static final String CONTENT_TYPE = "application/json";

    /** A URI reference has no other characters (RFC 3986), and readers keep it beside the id in an index. */
    private static final Pattern SOURCE = Pattern.compile("[!-~]{1,512}");

    /** W3C Trace Context, level 1: version, trace id, parent id, flags. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final ObjectWriter WRITER = EventJson.mapper().writer();

    private static final Map<EventType, ObjectReader> READERS = readers();

    private CloudEventCodec() {}

    private static Map<EventType, ObjectReader> readers() {
        var readers = new EnumMap<EventType, ObjectReader>(EventType.class);
        for (var type : EventType.values()) {
            readers.put(type, EventJson.mapper().readerFor(type.record()));
        }
        return readers;
    }

    /** The value of the record. */
    public static byte[] value(Event event) {
        try {
            return WRITER.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "An event must be JSON: " + event.getClass().getSimpleName(), e);
        }
    }

    /** The headers of the record. */
    public static List<Header> headers(EventEnvelope envelope) {
        var type = EventType.of(envelope.event());
        var headers = new ArrayList<Header>();
        headers.add(header("content-type", CONTENT_TYPE));
        headers.add(header("ce_specversion", "1.0"));
        headers.add(header("ce_id", envelope.id().toString()));
        headers.add(header("ce_source", envelope.source()));
        headers.add(header("ce_type", type.type()));
        headers.add(header("ce_subject", subject(envelope.event())));
        headers.add(header("ce_time", envelope.time().toString()));
        headers.add(header("ce_datacontenttype", CONTENT_TYPE));
        headers.add(header("ce_partitionkey", envelope.key()));
        if (envelope.traceparent() != null) {
            headers.add(header("traceparent", envelope.traceparent()));
            headers.add(header("ce_traceparent", envelope.traceparent()));
        }
        return headers;
    }

    /** Reads a record. Whatever it holds, the answer is a value and carries none of the record's text. */
    public static DecodeResult decode(String topic, @Nullable String key, Headers headers, byte @Nullable [] value) {
        if (key == null) {
            return new Refused(Refusal.MISSING_HEADER);
        }
        if (value == null) {
            return isCompacted(topic) ? new Tombstone(key) : new Refused(Refusal.WRONG_SIZE);
        }
        if (value.length == 0 || value.length > MAX_VALUE_BYTES) {
            return new Refused(Refusal.WRONG_SIZE);
        }
        var typeName = text(headers, "ce_type");
        var source = source(text(headers, "ce_source"));
        var id = uuid(text(headers, "ce_id"));
        var time = instant(text(headers, "ce_time"));
        if (!"1.0".equals(text(headers, "ce_specversion"))
                || typeName == null
                || source == null
                || id == null
                || time == null) {
            return new Refused(Refusal.MISSING_HEADER);
        }
        var type = EventType.named(typeName).orElse(null);
        if (type == null) {
            return new Refused(Refusal.UNKNOWN_TYPE);
        }
        if (!type.topic().topicName().equals(topic)) {
            return new Refused(Refusal.WRONG_TOPIC);
        }
        return body(type, value, id, source, time, key, traceparent(text(headers, "traceparent")));
    }

    private static DecodeResult body(
            EventType type, byte[] value, UUID id, String source, Instant time, String key, @Nullable String trace) {
        try {
            Event event = requireNonNull(READERS.get(type)).readValue(value);
            return event == null || !RecordShape.isSound(event)
                    ? new Refused(Refusal.INVALID_FIELD)
                    : new Accepted(new EventEnvelope(id, source, time, key, trace, event));
        } catch (IOException e) {
            return new Refused(isSyntax(e) ? Refusal.NOT_JSON : Refusal.INVALID_FIELD);
        }
    }

    /** Inside an object or list Jackson wraps what the parser said. */
    private static boolean isSyntax(IOException e) {
        return e instanceof JsonParseException || e.getCause() instanceof JsonParseException;
    }

    private static String subject(Event event) {
        var about = event.about();
        return about.namespace() + "/" + about.kind() + "/" + about.name();
    }

    private static boolean isCompacted(String topic) {
        return Topic.named(topic)
                .map(t -> "compact".equals(t.config().get("cleanup.policy")))
                .orElse(false);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String text(Headers headers, String name) {
        var header = headers.lastHeader(name);
        return header == null || header.value() == null || header.value().length == 0
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static @Nullable String source(@Nullable String text) {
        try {
            return text == null || !SOURCE.matcher(text).matches() ? null : new URI(text).toString();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** An event whose trace cannot be read is the same event. */
    private static @Nullable String traceparent(@Nullable String text) {
        return text != null && TRACEPARENT.matcher(text).matches() ? text : null;
    }

    private static @Nullable UUID uuid(@Nullable String text) {
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            var instant = text == null ? null : Instant.parse(text);
            return instant == null || !RecordShape.isDate(instant) ? null : instant;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
