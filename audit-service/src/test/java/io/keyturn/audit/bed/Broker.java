package io.keyturn.audit.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.process.Tools;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Kafka as the test sees it: with every right. */
public final class Broker implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(config(), new StringSerializer(), new ByteArraySerializer());

    /** The golden file of an event type: what a real producer's value looks like. */
    public static byte[] golden(EventType type) {
        try {
            return Files.readAllBytes(
                    Tools.repository().resolve("contract/src/test/resources/golden/v1/" + type.fileName() + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A record with the given value, as the service that owns the type would send it. */
    public static ProducerRecord<String, byte[]> record(
            EventType type, UUID id, Instant time, byte[] value, @Nullable Integer partition) {
        try {
            Event event = EventJson.mapper().readValue(value, type.record());
            var writer = type.topic().writers().stream().findFirst().orElse(Service.WATCHER);
            var envelope = EventEnvelope.from(new ClusterName("c1"), writer, id, time, null, event);
            return new ProducerRecord<>(
                    type.topic().topicName(), partition, envelope.key(), value, CloudEventCodec.headers(envelope));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a golden event and returns its id. */
    public UUID send(EventType type) {
        return send(type, new String(golden(type), StandardCharsets.UTF_8));
    }

    /** Sends an event with this JSON and returns its id. */
    public UUID send(EventType type, String json) {
        var id = UUID.randomUUID();
        send(record(type, id, Instant.now(), json.getBytes(StandardCharsets.UTF_8), null));
        return id;
    }

    /** Sends an event after something was done to its headers. */
    public void send(ProducerRecord<String, byte[]> record, Consumer<Headers> change) {
        change.accept(record.headers());
        send(record);
    }

    public void send(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends without waiting; {@link #close} waits for all. */
    public void sendLater(ProducerRecord<String, byte[]> record) {
        producer.send(record);
    }

    /** Everything on these topics from offset 0 to the end, as one batch. */
    public ConsumerRecords<String, byte[]> everything(String... topics) {
        try (var consumer = new KafkaConsumer<>(config(), new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = Stream.of(topics)
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var records = new HashMap<TopicPartition, List<ConsumerRecord<String, byte[]>>>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    records.computeIfAbsent(
                                    new TopicPartition(record.topic(), record.partition()), _ -> new ArrayList<>())
                            .add(record);
                }
            }
            return new ConsumerRecords<>(records, Map.of());
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private static Map<String, Object> config() {
        var all = ConfigProvider.getConfig();
        var config = new HashMap<String, Object>();
        for (var name : List.of("bootstrap.servers", "security.protocol", "sasl.mechanism", "sasl.jaas.config")) {
            config.put(name, all.getValue("bed.kafka." + name, String.class));
        }
        return config;
    }
}
