package io.keyturn.system.chaos;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.system.Audit;
import io.keyturn.system.Facts;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.shop.Fleet;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A broker that does not say for more than a minute how far a service has read, just when the first record of a partition has come, for
 * which the connector asks that: it used to end the channel for good, and nobody saw it.
 */
@Tag("chaos")
class SilentBrokerST {
    private static final String NAMESPACE = "silent";
    private static final Member MEMBER = new Member("orders", true, 1, false);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** A minute is how long a Kafka client asks unless it is told otherwise. */
    private static final Duration LONG = Duration.ofSeconds(75);

    private static final List<ServiceJar> SILENT_TO = List.of(ServiceJar.ROTATION, ServiceJar.AUDIT);

    private final Map<ServiceJar, KafkaRelay> relays = new EnumMap<>(ServiceJar.class);

    @Proves("R21")
    @Test
    void servicesReadOnOnceTheBrokerAnswersAgain() {
        try (var testbed = new Testbed((_, _) -> {}).withKafkaDoors(SILENT_TO.size());
                var target = PostgresServer.start(PostgresServer.Options.plain().withTls())) {
            testbed.begin(Testbed.Server.values());
            SILENT_TO.forEach(service -> relays.put(
                    service,
                    new KafkaRelay(testbed.kafka().doors().get(SILENT_TO.indexOf(service)), ApiKeys.OFFSET_FETCH)));
            try (var platform = Platform.start(testbed, NAMESPACE, List.of(), this::environment, _ -> {});
                    var facts = Facts.follow(testbed.kafka())) {
                var fleet = new ChaosFleet(new Fleet(testbed, target, NAMESPACE), List.of(MEMBER));
                fleet.furnish();
                fleet.adopt(target.port(), 0);

                relays.values().forEach(KafkaRelay::hold);
                fleet.rotate(MEMBER, "into-the-silence");
                await("the broker has been silent for long")
                        .atMost(PATIENCE)
                        .until(() -> relays.values().stream()
                                .allMatch(relay -> relay.heldFor().compareTo(LONG) > 0));
                relays.values().forEach(KafkaRelay::letGo);

                awaitEndOnRecord(facts, platform, 1);
                fleet.rotate(MEMBER, "after-it");
                awaitEndOnRecord(facts, platform, 2);
            } finally {
                relays.values().forEach(KafkaRelay::close);
            }
        }
    }

    private Map<String, String> environment(ServiceJar service) {
        var relay = relays.get(service);
        return relay == null ? Map.of() : Map.of("KAFKA_BOOTSTRAP_SERVERS", relay.address());
    }

    /** That many requests, and all that they have come to. */
    private static void awaitEndOnRecord(Facts facts, Platform platform, int requests) {
        await("as many runs are over as were asked for, and that is on record")
                .atMost(PATIENCE)
                .untilAsserted(() -> {
                    var asked = facts.of(NAMESPACE, RotationRequested.class).stream()
                            .map(RotationRequested::id)
                            .collect(Collectors.toSet());
                    assertThat(asked).hasSize(requests);
                    assertThat(facts.of(NAMESPACE, RotationSucceeded.class))
                            .extracting(end -> end.run().id())
                            .containsAll(asked);
                    assertThat(Audit.ids(
                                    platform.service(ServiceJar.AUDIT), NAMESPACE, EventType.ROTATION_SUCCEEDED.type()))
                            .hasSize(
                                    facts.of(NAMESPACE, RotationSucceeded.class).size());
                });
    }
}
