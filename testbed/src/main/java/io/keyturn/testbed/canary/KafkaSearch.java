package io.keyturn.testbed.canary;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads every record from the beginning to the end that each partition has when the search begins. */
final class KafkaSearch {

    private KafkaSearch() {}

    static void search(KafkaServer kafka, SecretCanary.Look look) {
        Map<String, Object> config = new HashMap<>(kafka.clientConfig(KafkaServer.ADMIN));
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = topics(kafka).stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(
                            partition -> consumer.position(partition) < Objects.requireNonNull(ends.get(partition)))) {
                consumer.poll(Duration.ofMillis(500)).forEach(found -> record(found, look));
            }
        }
    }

    private static void record(ConsumerRecord<byte[], byte[]> found, SecretCanary.Look look) {
        String place = "Kafka " + found.topic() + "-" + found.partition() + "@" + found.offset();
        part(place + " key", found.key(), look);
        part(place + " value", found.value(), look);
        for (Header header : found.headers()) {
            part(place + " header name", header.key().getBytes(StandardCharsets.UTF_8), look);
            part(place + " header " + header.key(), header.value(), look);
        }
    }

    private static void part(String place, byte @Nullable [] content, SecretCanary.Look look) {
        if (content != null) {
            look.at("records", place, content);
        }
    }

    private static Set<String> topics(KafkaServer kafka) {
        try {
            return kafka.admin()
                    .listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the canary cannot list Kafka's topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
