package io.keyturn.restart;

import java.time.Duration;
import java.util.List;
import java.util.Properties;

import jakarta.inject.Inject;

import io.keyturn.contract.topic.Topic;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** A consumer that its group took for dead meanwhile gives up a first reading, or it would never poll again. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class FirstReadingIT extends RestartScenario {
    @Inject
    @Identifier("first-reading")
    KafkaConsumerRebalanceListener listener;

    @Test
    void consumerWhoseGroupWentOnWithoutItLetsGo() throws Exception {
        // Any topic that this database has not taken in; the group is the service's own, and has a member.
        var topic = Topic.RESTARTS.topicName();
        var properties = new Properties();
        properties.putAll(client("test.admin."));
        properties.put("group.id", "keyturn-restart");
        try (var stranger = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = List.of(new TopicPartition(topic, 0));
            stranger.assign(partitions);
            assertTimeoutPreemptively(
                    Duration.ofSeconds(30), () -> listener.onPartitionsAssigned(stranger, partitions));
        }
        assertThat(count("taken_in where topic = '" + topic + "'")).isZero();
    }
}
