package io.keyturn.watcher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.DecodeResult.Tombstone;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kafka.KafkaServer;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The service against a real API server, broker and OpenBao, with the rights that {@code deploy/} gives it. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WatcherIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final KeyName PASSWORD = new KeyName("password");

    @Inject
    Campaign campaign;

    private final KubernetesClient kubernetes = Testbed.shared().kubernetes().admin();
    private TopicLog topic = new TopicLog(Topic.SECRETS);

    @BeforeEach
    void leads() {
        campaign.start();
        awaitLeading();
    }

    @AfterEach
    void close() throws InterruptedException {
        topic.close();
    }

    private void awaitLeading() {
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
    }

    private static ObjectRef secretIn(String namespace) {
        Testbed.shared().kubernetes().createNamespace(namespace);
        return ObjectRef.secret(namespace, "db");
    }

    private List<SecretChanged> awaitChanges(ObjectRef object, int count) {
        await().atMost(PATIENCE)
                .until(() -> topic.events(object, SecretChanged.class).size() >= count);
        return topic.events(object, SecretChanged.class);
    }

    /** Anything the watcher was going to say about earlier changes is on the topic once it has said this. */
    private void awaitFence(String namespace) {
        var fence = ObjectRef.secret(namespace, "fence");
        Secrets.write(fence, Instant.now().toString());
        int before = topic.events(fence, SecretChanged.class).size();
        awaitChanges(fence, before + 1);
        awaitLeading();
    }

    /** That of the master in force; earlier ones stand before it for a while, if a test before this one renewed it. */
    private static Fingerprint newest(SecretChanged event, KeyName key) {
        return requireNonNull(event.fingerprints().get(key)).getLast();
    }

    private static Fingerprint expected(String namespace, String value) {
        var stored = Testbed.shared()
                .openBao()
                .api()
                .read("keyturn/data/fingerprint-master")
                .orElseThrow();
        var key = SecretValue.takeOver(
                Base64.getDecoder().decode(stored.at("/data/data/key").asText()));
        int generation = stored.at("/data/metadata/version").asInt();
        return new Fingerprinter(List.of(new Fingerprinter.Master(generation, key)))
                .of(namespace, value.getBytes(StandardCharsets.UTF_8))
                .getLast();
    }

    @Test
    void changeIsStatedOnceWithItsFingerprintAndNoValue() {
        var object = secretIn("stated-once");
        Secrets.write(object, "first-canary-1f9");
        awaitChanges(object, 1);
        var written = Secrets.write(object, "second-canary-7b2");
        var changes = awaitChanges(object, 2);
        awaitFence(object.namespace());

        assertThat(topic.results(object)).hasSize(2);
        var last = changes.getLast();
        assertThat(last.uid().value()).isEqualTo(written.getMetadata().getUid());
        assertThat(last.resourceVersion().value())
                .isEqualTo(written.getMetadata().getResourceVersion());
        assertThat(last.fingerprints()).containsOnlyKeys(PASSWORD);
        assertThat(newest(last, PASSWORD)).isEqualTo(expected(object.namespace(), "second-canary-7b2"));
        assertThat(changes.getFirst().fingerprints()).isNotEqualTo(last.fingerprints());
        assertThat(last.origin()).isEqualTo(Origin.OTHER);
        for (var value : List.of("first-canary-1f9", "second-canary-7b2")) {
            var bytes = value.getBytes(StandardCharsets.UTF_8);
            assertThat(topic.contains(value)).isFalse();
            assertThat(topic.contains(Base64.getEncoder().encodeToString(bytes)))
                    .isFalse();
        }
    }

    @Test
    void labelAloneIsNoStatementButASteeringAnnotationIs() {
        var object = secretIn("annotated");
        Secrets.write(object, "same");
        awaitChanges(object, 1);
        var secret = kubernetes.secrets().inNamespace(object.namespace()).withName(object.name());
        secret.edit(s -> new SecretBuilder(s)
                .editMetadata()
                .addToLabels("team", "a")
                .endMetadata()
                .build());
        awaitFence(object.namespace());
        assertThat(topic.results(object)).hasSize(1);

        secret.edit(s -> new SecretBuilder(s)
                .editMetadata()
                .addToAnnotations("reloader.stakater.com/match", "true")
                .addToAnnotations("keyturn.io/publication", "abc.1")
                .endMetadata()
                .build());
        var last = awaitChanges(object, 2).getLast();
        assertThat(last.annotations()).hasSize(1);
        assertThat(last.publication()).hasToString("abc.1");
    }

    @Test
    void configMapIsStatedToo() {
        var object = ObjectRef.configMap(secretIn("config").namespace(), "settings");
        kubernetes
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(object.namespace())
                        .withName(object.name())
                        .endMetadata()
                        .addToData("mode", "fast")
                        .addToBinaryData("blob", "AAEC")
                        .build())
                .create();
        var changed = awaitChanges(object, 1).getLast();
        assertThat(changed.fingerprints()).containsOnlyKeys(new KeyName("mode"), new KeyName("blob"));
        assertThat(newest(changed, new KeyName("mode"))).isEqualTo(expected(object.namespace(), "fast"));
    }

    @Test
    void whatNobodyRotatesIsNotStated() {
        var namespace = secretIn("ignored").namespace();
        Testbed.shared().kubernetes().createNamespace("ignored-too");
        for (var type :
                List.of("helm.sh/release.v1", "bootstrap.kubernetes.io/token", "kubernetes.io/service-account-token")) {
            var name = type.replace('/', '-');
            kubernetes
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .addToAnnotations("kubernetes.io/service-account.name", "default")
                            .endMetadata()
                            .withType(type)
                            .addToStringData("token-id", "abcdef")
                            .build())
                    .create();
        }
        Secrets.write(ObjectRef.secret("keyturn-system", "ours"), "x");
        awaitFence(namespace);
        assertThat(topic.contains("/secret/helm.sh-release.v1")).isFalse();
        assertThat(topic.contains("/secret/bootstrap.kubernetes.io-token")).isFalse();
        assertThat(topic.contains("/secret/kubernetes.io-service-account-token"))
                .isFalse();
        assertThat(topic.contains("/keyturn-system/")).isFalse();
        assertThat(topic.contains("kube-root-ca.crt")).isFalse();
    }

    @Test
    void deletionIsStatedThenBuried() {
        var object = secretIn("deleted");
        Secrets.write(object, "x");
        var changed = awaitChanges(object, 1).getLast();
        kubernetes
                .secrets()
                .inNamespace(object.namespace())
                .withName(object.name())
                .delete();
        await().atMost(PATIENCE).until(() -> topic.results(object).size() == 3);
        var deleted = topic.events(object, SecretDeleted.class).getFirst();
        assertThat(deleted.uid()).isEqualTo(changed.uid());
        assertThat(Long.parseLong(deleted.resourceVersion().value()))
                .isGreaterThan(Long.parseLong(changed.resourceVersion().value()));
        assertThat(topic.results(object).getLast()).isInstanceOf(Tombstone.class);
    }

    @Test
    void afterARestartOnlyWhatChangedMeanwhileIsStated() throws InterruptedException {
        var unchanged = secretIn("restart-a");
        var changed = secretIn("restart-b");
        var deleted = secretIn("restart-c");
        var created = secretIn("restart-d");
        for (var object : List.of(unchanged, changed, deleted)) {
            Secrets.write(object, "before");
            awaitChanges(object, 1);
        }
        awaitFence(unchanged.namespace());
        campaign.stop();
        assertThat(campaign.role()).isEqualTo(Role.IDLE);
        int before = topic.statements();

        Secrets.write(changed, "after");
        Secrets.write(created, "new");
        kubernetes
                .secrets()
                .inNamespace(deleted.namespace())
                .withName(deleted.name())
                .delete();
        kubernetes
                .secrets()
                .inNamespace(unchanged.namespace())
                .withName(unchanged.name())
                .edit(s -> new SecretBuilder(s)
                        .editMetadata()
                        .addToLabels("a", "b")
                        .endMetadata()
                        .build());
        campaign.start();
        awaitChanges(changed, 2);
        awaitChanges(created, 1);
        await().atMost(PATIENCE).until(() -> topic.results(deleted).size() == 3);
        awaitLeading();

        assertThat(topic.statements() - before).isEqualTo(3);
        assertThat(topic.results(unchanged)).hasSize(1);

        campaign.stop();
        campaign.start();
        awaitFence(unchanged.namespace());
        assertThat(topic.statements() - before).isEqualTo(4);
    }

    @Test
    void leaseIsGivenBackAndTakenAgain() throws InterruptedException {
        var lease = kubernetes.leases().inNamespace("keyturn-system").withName("keyturn-watcher");
        var holder = lease.get().getSpec().getHolderIdentity();
        assertThat(holder).isNotBlank();
        campaign.stop();
        assertThat(lease.get().getSpec().getHolderIdentity()).isNotEqualTo(holder);
    }

    @Test
    @Order(Integer.MAX_VALUE - 2)
    void lostApiServerIsSurvivedAndNothingIsSaidTwice() {
        var object = secretIn("api-outage");
        Secrets.write(object, "before");
        awaitChanges(object, 1);
        int before = topic.statements();
        Testbed.shared().kubernetes().stopApiServer();
        await().atMost(PATIENCE).until(() -> campaign.role() != Role.LEADING);
        Testbed.shared().kubernetes().startApiServer();
        Secrets.write(object, "after");
        awaitChanges(object, 2);
        awaitLeading();
        assertThat(topic.statements() - before).isEqualTo(1);
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void newMasterIsStatedWithBothGenerationsAndThenRestsAgain() {
        var object = secretIn("master");
        Secrets.write(object, "constant");
        var old =
                requireNonNull(awaitChanges(object, 1).getFirst().fingerprints().get(PASSWORD));
        Masters.renew();
        var now = awaitChanges(object, 2).getLast().fingerprints().get(PASSWORD);
        assertThat(now).hasSize(old.size() + 1).containsAll(old).contains(expected(object.namespace(), "constant"));
        assertThat(Set.copyOf(
                        topic.envelopes(object).stream().map(EventEnvelope::id).toList()))
                .hasSize(2);
        awaitFence(object.namespace());
        assertThat(topic.results(object)).hasSize(2);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void versionsThatWentBackBeginANewIncarnation() throws Exception {
        var object = secretIn("restored");
        Secrets.write(object, "restored value");
        var before = awaitChanges(object, 1).getFirst();
        campaign.stop();
        seed(new SecretChanged(
                object,
                new Uid(before.uid().value()),
                new ResourceVersion("900000000000"),
                before.incarnation(),
                Map.of(PASSWORD, List.of(expected("elsewhere", "lost value"))),
                null,
                Origin.OTHER,
                null,
                Map.of(),
                Instant.now()));
        campaign.start();
        var last = awaitChanges(object, 3).getLast();
        assertThat(last.incarnation()).isEqualTo(before.incarnation() + 1);
        assertThat(newest(last, PASSWORD)).isEqualTo(newest(before, PASSWORD));
        awaitFence(object.namespace());
        assertThat(topic.results(object)).hasSize(3);
    }

    private static void seed(SecretChanged event) throws Exception {
        var settings = new HashMap<String, Object>(Testbed.shared().kafka().clientConfig(KafkaServer.ADMIN));
        var envelope = EventEnvelope.from(
                new ClusterName(WatcherTestbed.CLUSTER),
                Service.WATCHER,
                java.util.UUID.randomUUID(),
                Instant.now(),
                null,
                event);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.SECRETS.topicName(),
                            null,
                            envelope.key(),
                            CloudEventCodec.value(event),
                            CloudEventCodec.headers(envelope)))
                    .get();
        }
    }
}
