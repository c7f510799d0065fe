package io.keyturn.testbed.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaServerIT {

    private static KafkaServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = KafkaServer.start();
        Files.writeString(folder.resolve("topics.yaml"), """
                - name: keyturn.orders.v1
                  partitions: 3
                  config: {cleanup.policy: compact}
                """);
        Files.writeString(folder.resolve("acls.yaml"), """
                - {principal: "User:writer", resource: topic, name: keyturn.orders.v1, operations: [Write, Describe]}
                - {principal: "User:writer", resource: cluster, operations: [IdempotentWrite]}
                - {principal: "User:reader", resource: topic, name: keyturn., pattern: prefixed, operations: [Read]}
                - {principal: "User:reader", resource: group, name: reader, pattern: literal, operations: [Read]}
                """);
        server.provision(folder);
        server.provision(folder);
        server.addUser("stranger");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aclsLetEachUserDoItsOwnAndNothingElse() throws Exception {
        send("writer", "keyturn.orders.v1", "key", "value");

        assertThatThrownBy(() -> send("stranger", "keyturn.orders.v1", "key", "value"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> send("reader", "keyturn.orders.v1", "key", "value"))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThat(read("keyturn.orders.v1")).contains("value");
    }

    @Test
    void wrongPasswordIsRefused() {
        try (Admin admin = Admin.create(Map.copyOf(server.clientConfig("writer", "wrong-password")))) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void topicIsNotCreatedByUse() {
        assertThatThrownBy(() -> send(KafkaServer.ADMIN, "never.created", "key", "value"))
                .isInstanceOf(ExecutionException.class)
                .satisfies(failure -> assertThat(failure.getCause())
                        .isInstanceOfAny(
                                UnknownTopicOrPartitionException.class,
                                org.apache.kafka.common.errors.TimeoutException.class));
    }

    @Test
    void topicHasTheConfigurationOfItsFile() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "keyturn.orders.v1");

        assertThat(server.admin().describeConfigs(List.of(topic)).all().get())
                .hasEntrySatisfying(
                        topic,
                        config ->
                                assertThat(config.get("cleanup.policy").value()).isEqualTo("compact"));
        assertThat(server.admin()
                        .describeTopics(List.of("keyturn.orders.v1"))
                        .allTopicNames()
                        .get())
                .hasEntrySatisfying(
                        "keyturn.orders.v1",
                        description -> assertThat(description.partitions()).hasSize(3));
    }

    @Test
    void recordsSurviveStopAndKill() throws Exception {
        server.admin()
                .createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                .all()
                .get();
        send(KafkaServer.ADMIN, "kept", "1", "before stop");
        server.stop();
        server.resume();
        send(KafkaServer.ADMIN, "kept", "2", "before kill");
        server.kill();
        server.resume();

        assertThat(read("kept")).containsExactly("before stop", "before kill");
    }

    private static void send(String user, String topic, String key, String value) throws Exception {
        Map<String, Object> config = new HashMap<>(server.clientConfig(user));
        config.put("max.block.ms", 3_000);
        // Else the refusal would be that of the cluster's right to idempotent writes.
        config.put("enable.idempotence", false);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, key, value)).get(20, TimeUnit.SECONDS);
        }
    }

    private static List<String> read(String topic) {
        Map<String, Object> config = new HashMap<>(server.clientConfig(KafkaServer.ADMIN));
        config.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(found.value());
                }
            }
            return values;
        }
    }
}
