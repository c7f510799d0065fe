package io.keyturn.contract.codec;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.Samples;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.RecordKey;
import io.keyturn.contract.topic.Service;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What we write is a CloudEvent to others too: the official SDK reads every event as it reads it from a Kafka record. */
class CloudEventsSdkTest {
    private static final ClusterName CLUSTER = new ClusterName("prod");
    private static final UUID ID = UUID.fromString("0198c0de-0000-7000-8000-000000000001");
    private static final Instant TIME = Instant.parse("2026-02-03T04:05:07.123456Z");
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @EnumSource
    void officialSdkReadsEveryEvent(EventType type) {
        var event = Samples.full(type);
        var about = event.about();
        var read = read(type, TRACE);

        assertThat(read.getSpecVersion()).isEqualTo(SpecVersion.V1);
        assertThat(read.getId()).isEqualTo(ID.toString());
        assertThat(read.getSource()).isEqualTo(URI.create("/clusters/prod/keyturn-watcher"));
        assertThat(read.getType()).isEqualTo(type.type());
        assertThat(read.getSubject()).isEqualTo(about.namespace() + "/" + about.kind() + "/" + about.name());
        assertThat(read.getTime()).isEqualTo(TIME.atOffset(ZoneOffset.UTC));
        assertThat(read.getDataContentType()).isEqualTo("application/json");
        assertThat(read.getExtension("partitionkey")).isEqualTo(RecordKey.of(CLUSTER, about));
        assertThat(read.getExtension("traceparent")).isEqualTo(TRACE);
        assertThat(Objects.requireNonNull(read.getData()).toBytes()).isEqualTo(CloudEventCodec.value(event));
    }

    @ParameterizedTest
    @EnumSource
    void eventWithoutATraceHasNoSuchAttribute(EventType type) {
        assertThat(read(type, null).getExtensionNames()).containsExactly("partitionkey");
    }

    private static CloudEvent read(EventType type, @Nullable String trace) {
        var envelope = EventEnvelope.from(CLUSTER, Service.WATCHER, ID, TIME, trace, Samples.full(type));
        var headers = new RecordHeaders();
        CloudEventCodec.headers(envelope).forEach(headers::add);
        try (var sdk = new CloudEventDeserializer()) {
            return sdk.deserialize(type.topic().topicName(), headers, CloudEventCodec.value(envelope.event()));
        }
    }
}
