package io.keyturn.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.kafka.KafkaServer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With the rights of {@code deploy/kafka} a service writes and reads what the contract says it does, and nothing else. */
class KafkaRightsST {
    /** On every topic there is something that whoever may read it does read. */
    @BeforeAll
    static void somethingIsThere() throws ExecutionException, InterruptedException {
        var admin = Keyturn.testbed().kafka().clientConfig(KafkaServer.ADMIN);
        try (var producer = new KafkaProducer<>(Map.copyOf(admin), new StringSerializer(), new ByteArraySerializer())) {
            for (var topic : Topic.values()) {
                producer.send(new ProducerRecord<>(topic.topicName(), 0, "rights", null))
                        .get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachServiceIsRefusedWhenItWritesATopicThatIsNotItsOwn(Service service) {
        try (var producer =
                new KafkaProducer<>(config(service), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var topic : topics()) {
                if (mayWrite(service, topic)) {
                    // Not written, or it would be on record: that the topic's partitions are told is refused to
                    // strangers.
                    assertThat(producer.partitionsFor(topic)).as(topic).isNotEmpty();
                } else {
                    assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[] {1}))
                                    .get())
                            .as(service + " writes " + topic)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(TopicAuthorizationException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachServiceIsRefusedWhenItReadsATopicThatIsNotForIt(Service service) {
        for (var topic : topics()) {
            var config = config(service);
            config.put("auto.offset.reset", "earliest");
            try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                consumer.seekToBeginning(consumer.assignment());
                if (mayRead(service, topic)) {
                    assertThat(consumer.poll(Duration.ofSeconds(20)))
                            .as(service + " reads " + topic)
                            .isNotEmpty();
                } else {
                    assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                            .as(service + " reads " + topic)
                            .isInstanceOf(TopicAuthorizationException.class);
                }
            }
        }
    }

    private static HashMap<String, Object> config(Service service) {
        var config = new HashMap<String, Object>(Keyturn.testbed().kafka().clientConfig(service.principal()));
        config.put("max.block.ms", "20000");
        return config;
    }

    /** Every topic there is, but for the broker's own. */
    private static List<String> topics() {
        var topics =
                new ArrayList<>(Stream.of(Topic.values()).map(Topic::topicName).toList());
        for (var topic : Topic.values()) {
            topic.readers().forEach(reader -> topics.add(topic.deadLetterTopic(reader)));
        }
        return topics;
    }

    private static boolean mayWrite(Service service, String name) {
        return Topic.named(name)
                .map(topic -> topic.writers().contains(service))
                .orElseGet(() -> Stream.of(Topic.values())
                        .anyMatch(topic -> topic.deadLetterTopic(service).equals(name)));
    }

    private static boolean mayRead(Service service, String name) {
        return Topic.named(name).map(topic -> topic.readers().contains(service)).orElse(false);
    }
}
