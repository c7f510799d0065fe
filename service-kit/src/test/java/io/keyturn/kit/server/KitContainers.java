package io.keyturn.kit.server;

import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import org.testcontainers.containers.PostgreSQLContainer;
import org.testcontainers.kafka.KafkaContainer;

/** What {@link KitServers} brings, from containers. */
public class KitContainers implements QuarkusTestResourceLifecycleManager {
    private final PostgreSQLContainer<?> postgres = new PostgreSQLContainer<>("postgres:18");
    private final KafkaContainer kafka = new KafkaContainer("apache/kafka:4.0.0");

    @Override
    public Map<String, String> start() {
        postgres.start();
        kafka.start();
        KitServers.createTopics(Map.of("bootstrap.servers", kafka.getBootstrapServers()));
        return Map.of(
                "quarkus.datasource.jdbc.url",
                postgres.getJdbcUrl(),
                "quarkus.datasource.reactive.url",
                "postgresql://%s:%d/%s"
                        .formatted(postgres.getHost(), postgres.getFirstMappedPort(), postgres.getDatabaseName()),
                "quarkus.datasource.username",
                postgres.getUsername(),
                "quarkus.datasource.password",
                postgres.getPassword(),
                "kafka.bootstrap.servers",
                kafka.getBootstrapServers());
    }

    @Override
    public void stop() {
        kafka.stop();
        postgres.stop();
    }
}
