package io.keyturn.contract.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.DecodeResult.Refused;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.Samples;
import io.keyturn.contract.generate.Json;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class CloudEventCodecTest {
    private static final String LEAK = "hunter2";
    private static final EventType TYPE = EventType.SECRET_CHANGED;

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadAgain(EventType type) {
        var envelope = envelope(type);

        assertThat(decode(envelope, value(type))).isEqualTo(new Accepted(envelope));
    }

    @ParameterizedTest
    @EnumSource
    void whatOnlyHasTheRequiredFieldsIsReadAgain(EventType type) {
        var sparse =
                new EventEnvelope(UUID.randomUUID(), "/clusters/c/x", Instant.EPOCH, "k", null, Samples.sparse(type));

        assertThat(decode(sparse, CloudEventCodec.value(sparse.event()))).isEqualTo(new Accepted(sparse));
    }

    @Test
    void requestForAnythingButASecretRotationIsRefused() {
        var type = EventType.ROTATION_REQUESTED;
        var other = object(type);
        ((ObjectNode) other.get("about")).put("kind", "Secret");

        assertThat(decode(envelope(type), bytes(other))).isEqualTo(new Refused(Refusal.INVALID_FIELD));
    }

    @ParameterizedTest
    @EnumSource
    void fieldOfANewerProducerIsPassedOver(EventType type) {
        var newer = object(type);
        newer.putObject("addedLater").putArray("and").add(1).addNull();

        assertThat(decode(envelope(type), bytes(newer))).isEqualTo(new Accepted(envelope(type)));
    }

    @ParameterizedTest
    @EnumSource
    void anyRequiredFieldThatIsMissingOrNullIsRefused(EventType type) {
        for (var component : type.record().getRecordComponents()) {
            if (!RecordShape.isOptional(component)) {
                var less = object(type);
                less.remove(component.getName());
                var nothing = object(type).putNull(component.getName());
                assertThat(decode(envelope(type), bytes(less)))
                        .as(component.getName())
                        .isEqualTo(new Refused(Refusal.INVALID_FIELD));
                assertThat(decode(envelope(type), bytes(nothing)))
                        .as(component.getName())
                        .isEqualTo(new Refused(Refusal.INVALID_FIELD));
            }
        }
    }

    @Test
    void annotationThatAnotherVersionStatedIsPassedOver() {
        var other = object(TYPE);
        other.withObject("/annotations")
                .put("keyturn.io/note", LEAK)
                .put("reloader.stakater.com/ignore", LEAK)
                .putNull("keyturn.io/restart");

        assertThat(decode(envelope(TYPE), bytes(other))).isEqualTo(new Accepted(envelope(TYPE)));
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                arguments("empty", Refusal.WRONG_SIZE, new byte[0]),
                arguments("too large", Refusal.WRONG_SIZE, new byte[CloudEventCodec.MAX_VALUE_BYTES + 1]),
                arguments("not JSON", Refusal.NOT_JSON, utf8("password=" + LEAK)),
                arguments("cut off", Refusal.NOT_JSON, utf8("{\"about\": {\"kind\": \"" + LEAK)),
                arguments("named twice", Refusal.NOT_JSON, utf8("{\"incarnation\": 1, \"incarnation\": 2}")),
                arguments("JSON null", Refusal.INVALID_FIELD, utf8("null")),
                arguments("a list", Refusal.INVALID_FIELD, utf8("[\"" + LEAK + "\"]")),
                arguments("a text", Refusal.INVALID_FIELD, utf8("\"" + LEAK + "\"")),
                arguments("two values", Refusal.INVALID_FIELD, utf8(object(TYPE) + " {}")),
                changed(
                        "null in a list",
                        o -> o.withObject("/fingerprints").withArray("tls.key").addNull()),
                changed("null in a map", o -> o.withObject("/fingerprints").putNull("a")),
                changed("a list for annotations", o -> o.putArray("annotations").add(LEAK)),
                changed("malformed key", o -> o.withObject("/fingerprints").putArray("a b " + LEAK)),
                changed(
                        "plain hash",
                        o -> o.withObject("/fingerprints").withArray("k").add("0".repeat(64))),
                changed(
                        "value for a fingerprint",
                        o -> o.withObject("/fingerprints").withArray("k").add(LEAK)),
                changed("malformed uid", o -> o.put("uid", LEAK + "!")),
                changed("too long", o -> o.put("uid", LEAK.repeat(100))),
                changed("object for a text", o -> o.putObject("uid").put("value", LEAK)),
                changed("unknown kind", o -> o.withObject("/about").put("kind", LEAK)),
                changed("number for a choice", o -> o.put("origin", 0)),
                changed("name with a slash", o -> o.withObject("/about").put("name", "../" + LEAK)),
                changed("namespace missing", o -> o.withObject("/about").remove("namespace")),
                changed("text for a number", o -> o.put("incarnation", LEAK)),
                changed("fraction for a number", o -> o.put("incarnation", 1.5)),
                changed("too large a number", o -> o.put("incarnation", 1L << 40)),
                changed("no instant", o -> o.put("observedAt", LEAK)),
                changed("before any calendar", o -> o.put("observedAt", "-1000000000-01-01T00:00:00Z")),
                changed("after any calendar", o -> o.put("observedAt", "+10000-01-01T00:00:00Z")),
                changed("publication of no run", o -> o.put("publication", "a".repeat(45) + ".1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void badValueIsRefusedWithoutItsText(String what, Refusal refusal, byte[] value) {
        var result = decode(envelope(TYPE), value);

        assertThat(result).as(what).isEqualTo(new Refused(refusal));
        assertThat(result.toString()).doesNotContain(LEAK);
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                arguments("ce_specversion", null, Refusal.MISSING_HEADER),
                arguments("ce_specversion", "0.3", Refusal.MISSING_HEADER),
                arguments("ce_id", null, Refusal.MISSING_HEADER),
                arguments("ce_id", "", Refusal.MISSING_HEADER),
                arguments("ce_id", LEAK, Refusal.MISSING_HEADER),
                arguments("ce_id", "0198c0de-0000-7000-8000-000000000001\0", Refusal.MISSING_HEADER),
                arguments("ce_source", null, Refusal.MISSING_HEADER),
                arguments("ce_source", "/clusters/prod/\0", Refusal.MISSING_HEADER),
                arguments("ce_source", "/clusters/prod/a b", Refusal.MISSING_HEADER),
                arguments("ce_source", "/clusters/prod/\u00e9", Refusal.MISSING_HEADER),
                arguments("ce_source", "/%zz", Refusal.MISSING_HEADER),
                arguments("ce_source", "/" + "x".repeat(512), Refusal.MISSING_HEADER),
                arguments("ce_time", null, Refusal.MISSING_HEADER),
                arguments("ce_time", "yesterday", Refusal.MISSING_HEADER),
                arguments("ce_time", "0000-12-31T23:59:59Z", Refusal.MISSING_HEADER),
                arguments("ce_time", "+10000-01-01T00:00:00Z", Refusal.MISSING_HEADER),
                arguments("ce_type", null, Refusal.MISSING_HEADER),
                arguments("ce_type", "io.keyturn.secret.changed.v99", Refusal.UNKNOWN_TYPE),
                arguments("ce_type", LEAK, Refusal.UNKNOWN_TYPE),
                arguments("ce_type", EventType.RESTART_COMPLETED.type(), Refusal.WRONG_TOPIC));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("badHeaders")
    void badHeaderIsRefused(String name, @Nullable String text, Refusal refusal) {
        var headers = headers(envelope(TYPE));
        headers.remove(name);
        if (text != null) {
            headers.add(name, utf8(text));
        }

        assertThat(CloudEventCodec.decode(TYPE.topic().topicName(), "k", headers, value(TYPE)))
                .isEqualTo(new Refused(refusal));
    }

    static Stream<String> sources() {
        return Stream.of(
                "/",
                "a",
                "https://detector.example/a?b=c#d",
                "urn:uuid:0198c0de-0000-7000-8000-000000000001",
                "/" + "x".repeat(511));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void sourceMayBeAnyUriReference(String source) {
        var headers = headers(envelope(TYPE));
        headers.remove("ce_source").add("ce_source", utf8(source));

        assertThat(CloudEventCodec.decode(TYPE.topic().topicName(), "k", headers, value(TYPE)))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.envelope().source()).isEqualTo(source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LEAK,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\0",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"
            })
    void traceThatIsNoneIsPassedOver(String traceparent) {
        var headers = headers(envelope(TYPE));
        headers.remove("traceparent").add("traceparent", utf8(traceparent));

        assertThat(CloudEventCodec.decode(TYPE.topic().topicName(), "k", headers, value(TYPE)))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted ->
                                assertThat(accepted.envelope().traceparent()).isNull());
    }

    @Test
    void recordWithoutAKeyIsRefused() {
        assertThat(CloudEventCodec.decode(TYPE.topic().topicName(), null, headers(envelope(TYPE)), value(TYPE)))
                .isEqualTo(new Refused(Refusal.MISSING_HEADER));
    }

    @ParameterizedTest
    @EnumSource
    void tombstoneMeansSomethingOnCompactedTopicsOnly(Topic topic) {
        var expected = topic == Topic.SECRETS || topic == Topic.FINDINGS
                ? new Tombstone("k")
                : new Refused(Refusal.WRONG_SIZE);

        assertThat(CloudEventCodec.decode(topic.topicName(), "k", new RecordHeaders(), null))
                .isEqualTo(expected);
    }

    @Test
    void eventOnATopicOfSomebodyElseIsRefused() {
        assertThat(CloudEventCodec.decode("orders", "k", headers(envelope(TYPE)), value(TYPE)))
                .isEqualTo(new Refused(Refusal.WRONG_TOPIC));
        assertThat(CloudEventCodec.decode("orders", "k", new RecordHeaders(), null))
                .isEqualTo(new Refused(Refusal.WRONG_SIZE));
    }

    @Test
    void keyTellsASecretFromAConfigMapOfTheSameName() {
        assertThat(envelope(TYPE).key()).isEqualTo("prod/shop/secret/orders-db");
        assertThat(envelope(EventType.ROTATION_STARTED).key()).isEqualTo("prod/shop/secretrotation/orders-db");
    }

    private static Arguments changed(String what, Consumer<ObjectNode> change) {
        var value = object(TYPE);
        change.accept(value);
        return arguments(what, Refusal.INVALID_FIELD, bytes(value));
    }

    private static EventEnvelope envelope(EventType type) {
        return EventEnvelope.from(
                new ClusterName("prod"),
                Service.WATCHER,
                UUID.fromString("0198c0de-0000-7000-8000-000000000001"),
                Instant.parse("2026-02-03T04:05:07Z"),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                Samples.full(type));
    }

    private static DecodeResult decode(EventEnvelope envelope, byte[] value) {
        var topic = EventType.of(envelope.event()).topic().topicName();
        return CloudEventCodec.decode(topic, envelope.key(), headers(envelope), value);
    }

    private static Headers headers(EventEnvelope envelope) {
        var headers = new RecordHeaders();
        CloudEventCodec.headers(envelope).forEach(headers::add);
        return headers;
    }

    private static byte[] value(EventType type) {
        return CloudEventCodec.value(Samples.full(type));
    }

    private static ObjectNode object(EventType type) {
        return (ObjectNode) Json.read(new String(value(type), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonNode node) {
        return utf8(node.toString());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
