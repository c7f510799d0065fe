package io.keyturn.kit.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** PostgreSQL and Kafka, with the topics that rotation-service meets. Both end with the JVM. */
public class KitServers implements QuarkusTestResourceLifecycleManager {
    private static final String DATABASE = "kit";
    private static final String PASSWORD = "of-a-throw-away-database";

    @Override
    public Map<String, String> start() {
        withTestbed(testbed -> testbed.begin(Testbed.Server.KAFKA, Testbed.Server.POSTGRES)
                .postgres()
                .createDatabase(DATABASE, DATABASE, PASSWORD));
        withTestbed(Testbed::kafka);
        var postgres = Testbed.shared().postgres();
        createTopics(kafkaClient());
        var config = new HashMap<String, String>();
        config.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl(DATABASE));
        config.put(
                "quarkus.datasource.reactive.url",
                "postgresql://%s:%d/%s".formatted(postgres.host(), postgres.port(), DATABASE));
        config.put("quarkus.datasource.username", DATABASE);
        config.put("quarkus.datasource.password", PASSWORD);
        kafkaClient().forEach((key, value) -> config.put("kafka." + key, value));
        return config;
    }

    @Override
    public void stop() {
        // The testbed is shared and ends with the JVM.
    }

    /**
     * The testbed lives above Quarkus' class loaders, and the Kafka client looks for its classes through the thread: what starts
     * servers has to run with the testbed's own class loader.
     */
    public static void withTestbed(Consumer<Testbed> action) {
        var thread = Thread.currentThread();
        var loader = thread.getContextClassLoader();
        thread.setContextClassLoader(Testbed.class.getClassLoader());
        try {
            action.accept(Testbed.shared());
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    /** How tests reach the broker by themselves. */
    public static Map<String, String> kafkaClient() {
        return Testbed.shared().kafka().clientConfig(KafkaServer.ADMIN);
    }

    static void createTopics(Map<String, String> client) {
        var topics = new ArrayList<NewTopic>();
        for (var topic : Topic.values()) {
            topics.add(new NewTopic(topic.topicName(), Optional.of(topic.partitions()), Optional.empty())
                    .configs(topic.config()));
            topics.add(new NewTopic(topic.deadLetterTopic(Service.ROTATION), Optional.of(1), Optional.empty())
                    .configs(Topic.deadLetterConfig()));
        }
        try (var admin = Admin.create(Map.<String, Object>copyOf(client))) {
            admin.createTopics(List.copyOf(topics)).all().get();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Topics were not created: " + e.getClass().getSimpleName(), e);
        }
    }
}
