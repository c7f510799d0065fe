package io.keyturn.restart;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult.Accepted;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartEvent;
import io.keyturn.contract.topic.Topic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What restart-service has stated on its topic, read as anybody else would. */
final class Facts implements AutoCloseable {
    private final List<EventEnvelope> stated = new CopyOnWriteArrayList<>();
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;

    Facts(Map<String, String> client) {
        var properties = new Properties();
        properties.putAll(new HashMap<>(client));
        properties.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topic.RESTARTS.topicName()).stream()
                .map((PartitionInfo p) -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = Thread.ofPlatform().daemon().name("facts").start(this::poll);
    }

    private void poll() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    var result = CloudEventCodec.decode(record.topic(), record.key(), record.headers(), record.value());
                    if (result instanceof Accepted(var envelope) && envelope.event() instanceof RestartEvent) {
                        stated.add(envelope);
                    }
                }
            }
        } catch (org.apache.kafka.common.errors.InterruptException e) {
            // The tests are over.
        } finally {
            Thread.interrupted();
            consumer.close();
        }
    }

    /** In the order of the topic, which is the order they were stated in, for one object. */
    List<RestartEvent> of(String namespace) {
        return stated.stream()
                .map(EventEnvelope::event)
                .filter(event -> event.about().namespace().equals(namespace))
                .map(RestartEvent.class::cast)
                .toList();
    }

    <T extends RestartEvent> List<T> of(String namespace, Class<T> type) {
        return of(namespace).stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Every record, repetitions too, with what envelops it. */
    List<EventEnvelope> envelopes(String namespace, Class<? extends RestartEvent> type) {
        return stated.stream()
                .filter(envelope -> envelope.event().about().namespace().equals(namespace))
                .filter(envelope -> type.isInstance(envelope.event()))
                .toList();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
