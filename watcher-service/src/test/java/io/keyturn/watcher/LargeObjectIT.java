package io.keyturn.watcher;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.keyturn.watcher.topic.StatementSender;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** An object with so many keys that no record holds the event about it holds up nobody else. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class LargeObjectIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TOO_MANY = 14_000;
    private static final ObjectRef LARGE = ObjectRef.configMap("large-objects", "large");
    private static final ObjectRef OTHER = ObjectRef.secret("large-objects", "other");

    @Inject
    Campaign campaign;

    @Inject
    StatementSender sender;

    @Inject
    MeterRegistry metrics;

    private final TopicLog topic = new TopicLog(Topic.SECRETS);

    @AfterEach
    void close() throws InterruptedException {
        topic.close();
    }

    @Test
    void isPassedOverAndCountedWhileAllIsReadAndStatedOnceItIsSmaller() throws InterruptedException {
        Testbed.shared().kubernetes().createNamespace(LARGE.namespace());
        lead();
        Secrets.write(OTHER, "before");
        awaitChanges(OTHER, 1);
        campaign.stop();
        write(TOO_MANY);
        // What is stated lacks the newest generation then: all objects are read, as at a first start.
        Masters.renew();
        var before = passedOver();

        lead();
        assertThat(passedOver()).isEqualTo(before + 1);
        awaitChanges(OTHER, 2);
        Secrets.write(OTHER, "after");
        awaitChanges(OTHER, 3);
        assertThat(topic.results(LARGE)).isEmpty();

        write(1);
        awaitChanges(LARGE, 1);
        Testbed.shared().kubernetes().admin().resource(configMap(1)).delete();
    }

    @Test
    void eventThatFitsWithoutItsHeadersOnlyIsPassedOverToo() {
        lead();
        var before = passedOver();

        assertThat(sender.state(eventOfFullSize(), null)).isFalse();

        assertThat(passedOver()).isEqualTo(before + 1);
        assertThat(sender.isHeldUp()).isFalse();
    }

    private static SecretChanged eventOfFullSize() {
        var fingerprints = new HashMap<KeyName, List<Fingerprint>>();
        for (int i = 0; length(fingerprints) < CloudEventCodec.MAX_VALUE_BYTES - 10_000; i += 100) {
            IntStream.range(i, i + 100).forEach(n -> fingerprints.put(new KeyName("k" + n), fingerprint()));
        }
        for (int i = 0; length(fingerprints) < CloudEventCodec.MAX_VALUE_BYTES - 200; i++) {
            fingerprints.put(new KeyName("m" + i), fingerprint());
        }
        return event(fingerprints);
    }

    private static int length(Map<KeyName, List<Fingerprint>> fingerprints) {
        return CloudEventCodec.value(event(fingerprints)).length;
    }

    private static SecretChanged event(Map<KeyName, List<Fingerprint>> fingerprints) {
        return new SecretChanged(
                ObjectRef.configMap("large-objects", "full"),
                new Uid("a"),
                new ResourceVersion("1"),
                1,
                fingerprints,
                null,
                Origin.OTHER,
                null,
                Map.of(),
                Instant.EPOCH);
    }

    private static List<Fingerprint> fingerprint() {
        return List.of(new Fingerprint(1, "0".repeat(64)));
    }

    private double passedOver() {
        return metrics.counter("keyturn.statements.too.large", "kind", ObjectKind.ConfigMap.name())
                .count();
    }

    private void lead() {
        campaign.start();
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
    }

    private void awaitChanges(ObjectRef object, int count) {
        await().atMost(PATIENCE)
                .until(() -> topic.events(object, SecretChanged.class).size() >= count);
    }

    private static void write(int keys) {
        Testbed.shared().kubernetes().admin().resource(configMap(keys)).createOr(r -> r.update());
    }

    private static ConfigMap configMap(int keys) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(LARGE.namespace())
                .withName(LARGE.name())
                .endMetadata()
                .withData(IntStream.range(0, keys).boxed().collect(Collectors.toMap(i -> "key-" + i, _ -> "")))
                .build();
    }
}
