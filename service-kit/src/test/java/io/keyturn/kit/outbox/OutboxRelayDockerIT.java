package io.keyturn.kit.outbox;

import io.keyturn.kit.server.KitContainers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Tag;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The same on the images of Kafka and PostgreSQL that docker-compose.yml names; only where Docker is. */
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
@QuarkusTest
@WithTestResource(KitContainers.class)
class OutboxRelayDockerIT extends OutboxRelayAssertions {}
