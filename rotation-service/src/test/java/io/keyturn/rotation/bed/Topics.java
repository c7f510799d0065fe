package io.keyturn.rotation.bed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** States events as another service would, and reads what was stated. */
public final class Topics {
    private static final ClusterName CLUSTER = new ClusterName("c1");

    private Topics() {}

    /** Sends an event as this service's principal, encoded by the contract's codec. */
    public static void state(Service service, Event event, @Nullable String traceparent) {
        send(service, event, traceparent, CloudEventCodec.value(event));
    }

    /** Sends a record like that of an event, with another value. */
    public static void stateBadly(Service service, Event event, String value) {
        send(service, event, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(Service service, Event event, @Nullable String traceparent, byte[] value) {
        var envelope = EventEnvelope.from(CLUSTER, service, UUID.randomUUID(), Instant.now(), traceparent, event);
        Map<String, Object> config = new HashMap<>(Testbed.shared().kafka().clientConfig(service.principal()));
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            EventType.of(event).topic().topicName(),
                            null,
                            envelope.key(),
                            value,
                            CloudEventCodec.headers(envelope)))
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException("not sent", e);
        }
    }

    /** What was stated about a run, in order. */
    public static List<EventEnvelope> of(RotationId run) {
        return everything(Topic.ROTATIONS.topicName()).stream()
                .filter(e ->
                        e.event() instanceof RotationEvent r && r.run().id().equals(run))
                .toList();
    }

    /** What was stated about the runs of a SecretRotation. */
    public static List<Event> about(ObjectRef policy) {
        return everything(Topic.ROTATIONS.topicName()).stream()
                .map(EventEnvelope::event)
                .filter(event -> event.about().equals(policy))
                .toList();
    }

    /** What was found about a SecretRotation, and found to be gone. */
    public static List<Event> findings(ObjectRef policy) {
        return everything(Topic.FINDINGS.topicName()).stream()
                .map(EventEnvelope::event)
                .filter(event -> event.about().equals(policy))
                .toList();
    }

    private static List<EventEnvelope> everything(String topic) {
        return records(topic).stream()
                .map(record -> CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value()))
                .filter(DecodeResult.Accepted.class::isInstance)
                .map(read -> ((DecodeResult.Accepted) read).envelope())
                .toList();
    }

    /** What a topic holds now. */
    public static List<ConsumerRecord<String, byte[]>> records(String topic) {
        Map<String, Object> config = new HashMap<>(Testbed.shared().kafka().clientConfig(KafkaServer.ADMIN));
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        var found = new ArrayList<ConsumerRecord<String, byte[]>>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < Objects.requireNonNull(ends.get(p)))) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }
}
