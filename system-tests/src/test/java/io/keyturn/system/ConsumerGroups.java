package io.keyturn.system;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How far services have read, as the broker knows it. */
final class ConsumerGroups {
    private ConsumerGroups() {}

    /** Waits until every reader of the topic has done with all that is there now. */
    static void awaitRead(Topic topic) {
        for (var reader : topic.readers()) {
            // The watcher's group remembers something else.
            if (reader != Service.WATCHER) {
                awaitRead(topic, reader);
            }
        }
    }

    /** Waits until that reader has done with all that is there now, up to what it notes every few seconds. */
    static void awaitRead(Topic topic, Service reader) {
        var ends = ends(topic.topicName(), topic.partitions());
        await(reader + " has read " + topic)
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(read(reader))
                        .satisfies(read -> ends.forEach((partition, end) -> assertThat(at(read.get(partition)))
                                .as(partition.toString())
                                .isGreaterThanOrEqualTo(end))));
    }

    /** How many records that reader could not understand so far. */
    static long deadLetters(Topic topic, Service reader) {
        return ends(topic.deadLetterTopic(reader), 1).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static Map<TopicPartition, Long> ends(String topic, int partitions) {
        var latest = IntStream.range(0, partitions)
                .mapToObj(i -> new TopicPartition(topic, i))
                .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        return ask(admin -> admin.listOffsets(latest).all().get()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    private static Map<TopicPartition, OffsetAndMetadata> read(Service reader) {
        return ask(admin -> admin.listConsumerGroupOffsets(reader.principal())
                .partitionsToOffsetAndMetadata()
                .get());
    }

    private static long at(@Nullable OffsetAndMetadata read) {
        return read == null ? 0 : read.offset();
    }

    private interface Question<T> {
        T of(Admin admin) throws ExecutionException, InterruptedException;
    }

    private static <T> T ask(Question<T> question) {
        try (var admin = Admin.create(Map.copyOf(Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN)))) {
            return question.of(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
