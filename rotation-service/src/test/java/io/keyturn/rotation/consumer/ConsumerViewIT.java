package io.keyturn.rotation.consumer;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class ConsumerViewIT {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Outcome<Integer> STUCK = Outcome.waiting(RotationReason.CONSUMERS_STUCK);

    @Inject
    ConsumerView view;

    private final String namespace = "consumers-" + NUMBER.incrementAndGet();

    @BeforeEach
    void createNamespace() {
        Testbed.shared().kubernetes().createNamespace(namespace);
    }

    @Test
    void nobodyReadsSoEverybodyHasMoved() {
        pod(
                "other",
                "{\"containers\": [{\"name\": \"c\", \"image\": \"i\", \"envFrom\": [{\"secretRef\": {\"name\": \"other\"}}]}]}");

        assertThat(view.moved(policy(), published(Instant.now().plusSeconds(60))))
                .isEqualTo(Outcome.done(0));
    }

    @Test
    void podFromBeforeThePublicationHoldsTheOldValue() {
        var created = createdAt(pod("reader", env()));

        assertThat(view.moved(policy(), published(created.plusSeconds(1)))).isEqualTo(STUCK);
        assertThat(view.moved(policy(), published(created.minusSeconds(1)))).isEqualTo(Outcome.done(1));
    }

    @Test
    void onTheWayBackOnlyThoseCountThatTookTheFailedValueUp() {
        var created = createdAt(pod("reader", env()));
        var restored = published(Instant.now().plusSeconds(60));

        assertThat(view.back(policy(), published(created.minusSeconds(1)), restored))
                .as("started while the failed value was published")
                .isEqualTo(STUCK);
        assertThat(view.back(policy(), published(created.plusSeconds(1)), restored))
                .as("was there before")
                .isEqualTo(Outcome.done(1));
        assertThat(view.back(policy(), null, restored)).as("nobody knows").isEqualTo(STUCK);
        assertThat(view.back(policy(), published(created.minusSeconds(2)), published(created.minusSeconds(1))))
                .as("started on the restored value")
                .isEqualTo(Outcome.done(1));
    }

    @Proves("I3")
    @ParameterizedTest(name = "{0}, {1} s after the failed value: {2}")
    @CsvSource({
        "reader, -1, false",
        "reader, 0, true",
        "reader, 10, true",
        // What it reads is read before it starts.
        "reader, 15, true",
        // It has read the restored value: nobody is to wait for it for ever.
        "reader, 16, false",
        "preparing, 5, true",
        "preparing, 16, false",
        "other, 5, false"
    })
    void containerThatStartedAnewHoldsWhatWasPublishedThen(String container, int seconds, boolean holdsIt) {
        var pod = pod("restarted", """
                {"initContainers": [
                  {"name": "preparing", "image": "i", "envFrom": [{"secretRef": {"name": "orders-db"}}]}],
                 "containers": [
                  {"name": "reader", "image": "i", "envFrom": [{"secretRef": {"name": "orders-db"}}]},
                  {"name": "other", "image": "i"}]}""");
        var failed = createdAt(pod).plusSeconds(1);
        runs(pod, container, failed.plusSeconds(seconds));

        assertThat(view.back(policy(), published(failed), published(failed.plusSeconds(10))))
                .isEqualTo(holdsIt ? STUCK : Outcome.done(1));
    }

    @Test
    void filesOfAPodFromBeforeShowTheFailedValueUntilTheyHaveGoneBack() {
        var files = "{\"volumes\": [{\"name\": \"v\", %s}], \"containers\": [{\"name\": \"c\", \"image\": \"i\","
                + " \"volumeMounts\": [{\"name\": \"v\", \"mountPath\": \"/etc/db\"%s}]}]}";
        var secret = "\"secret\": {\"secretName\": \"orders-db\"}";
        var projected = "\"projected\": {\"sources\": [{\"secret\": {\"name\": \"orders-db\"}}]}";

        pod("pinned", files.formatted(secret, ", \"subPath\": \"password\""));
        assertThat(backAtOnce("pinned")).as("never changes").isEqualTo(Outcome.done(1));
        for (var volume : List.of(secret, projected)) {
            var name = "mounted-" + volume.length();
            pod(name, files.formatted(volume, ""));
            assertThat(backAtOnce(name)).as(volume).isEqualTo(Outcome.unavailable(RotationReason.CONSUMERS_STUCK));
            await().atMost(RotationBed.VOLUME_REFRESH.multipliedBy(3))
                    .until(() -> backAtOnce(name) instanceof Outcome.Done);
        }
    }

    /** Right after a pod was there, a failed value was published and the previous one again. */
    private Outcome<Integer> backAtOnce(String pod) {
        var created = createdAt(find(pod));
        return view.back(policy(), published(created.plusSeconds(1)), published(created.plusSeconds(2)));
    }

    private Pod find(String name) {
        return Testbed.shared()
                .kubernetes()
                .admin()
                .pods()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    @Test
    void inTheVerySecondItCountsWhoWasThereBefore() {
        var pod = pod("reader", env());
        var created = createdAt(pod);
        var uid = pod.getMetadata().getUid();

        assertThat(view.youngReaders(policy())).isEqualTo(Outcome.done(List.of(uid)));
        assertThat(view.moved(policy(), new Published(1, created, List.of(copy("orders-db", created, uid)))))
                .isEqualTo(STUCK);
        assertThat(view.moved(policy(), published(created))).isEqualTo(Outcome.done(1));
    }

    /** The write was made by an earlier try, whose answer was lost: who was there before it, nobody can tell. */
    @Test
    void inTheVerySecondOfAWriteAReaderMayHoldEitherValue() {
        var pod = pod("reader", env());
        var created = createdAt(pod);
        var uid = pod.getMetadata().getUid();
        var restored = published(created.plusSeconds(60));

        var racing = new Published(1, created, List.of(copy("orders-db", created, uid)));
        assertThat(view.moved(policy(), racing)).as("perhaps the old one").isEqualTo(STUCK);
        assertThat(view.back(policy(), racing, restored))
                .as("perhaps the new one")
                .isEqualTo(STUCK);

        var copy = new Copy(ObjectRef.secret(namespace, "orders-db"), created, List.of(uid), List.of());
        var before = new Published(1, created, List.of(copy));
        assertThat(view.moved(policy(), before)).as("surely the old one").isEqualTo(STUCK);
        assertThat(view.back(policy(), before, restored)).isEqualTo(Outcome.done(1));
    }

    @Test
    void whoWasMadeForAPublicationWasNotThereBeforeIt() {
        var pod = pod("reader", env());
        var uid = pod.getMetadata().getUid();
        var seconds = Set.of(createdAt(pod));
        var publication = new PublicationId("r1.2");

        assertThat(view.createdIn(policy(), seconds, publication)).isEqualTo(Outcome.done(List.of(uid)));
        for (var other : List.of("12ab", "12ab;orders-db=r1.1", "12ab;orders-ro=r1.2", "12ab;orders-db=r2.2")) {
            mark(pod, other);
            assertThat(view.createdIn(policy(), seconds, publication)).as(other).isEqualTo(Outcome.done(List.of(uid)));
        }
        mark(pod, "12ab;orders-db=r1.2");
        assertThat(view.createdIn(policy(), seconds, publication)).isEqualTo(Outcome.done(List.of()));
        assertThat(view.createdIn(policy(), Set.of(createdAt(pod).plusSeconds(1)), publication))
                .isEqualTo(Outcome.done(List.of()));
    }

    private static void mark(Pod pod, String mark) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(pod)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(Annotations.CONTENT, mark));
    }

    @Test
    void everyWayToReadASecretIsSeen() {
        var ways = Map.of(
                "env", env(),
                "env-from",
                        "{\"containers\": [{\"name\": \"c\", \"image\": \"i\", \"envFrom\": [{\"secretRef\": {\"name\": \"orders-db\"}}]}]}",
                "volume",
                        "{\"volumes\": [{\"name\": \"v\", \"secret\": {\"secretName\": \"orders-db\"}}], \"containers\": [{\"name\": \"c\", \"image\": \"i\"}]}",
                "projected",
                        "{\"volumes\": [{\"name\": \"v\", \"projected\": {\"sources\": [{\"secret\": {\"name\": \"orders-db\"}}]}}], \"containers\": [{\"name\": \"c\", \"image\": \"i\"}]}",
                "init",
                        "{\"initContainers\": [{\"name\": \"n\", \"image\": \"i\", \"envFrom\": [{\"secretRef\": {\"name\": \"orders-db\"}}]}], \"containers\": [{\"name\": \"c\", \"image\": \"i\"}]}");
        var later = published(Instant.now().plusSeconds(60));
        ways.forEach((name, spec) -> {
            var pod = pod(name, spec);
            assertThat(view.moved(policy(), later)).as(name).isEqualTo(STUCK);
            Testbed.shared()
                    .kubernetes()
                    .admin()
                    .resource(pod)
                    .withGracePeriod(0)
                    .delete();
            assertThat(view.moved(policy(), later)).as(name).isEqualTo(Outcome.done(0));
        });
    }

    @Test
    void podsThatHaveEndedHoldNothing() {
        var pod = pod("job", env());
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(pod)
                .editStatus(p -> new PodBuilder(p)
                        .editOrNewStatus()
                        .withPhase("Succeeded")
                        .endStatus()
                        .build());

        assertThat(view.moved(policy(), published(Instant.now().plusSeconds(60))))
                .isEqualTo(Outcome.done(0));
    }

    @Test
    void readerThatOptedOutIsNamedAsTheReason() {
        var pod = pod("reader", env());
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(pod)
                .edit(p -> new PodBuilder(p)
                        .editMetadata()
                        .addToAnnotations(Annotations.RESTART, "false")
                        .endMetadata()
                        .build());

        assertThat(view.moved(policy(), published(Instant.now().plusSeconds(60))))
                .isEqualTo(Outcome.waiting(RotationReason.CONSUMER_OPTED_OUT));
    }

    @Test
    void workloadThatOptedOutIsNamedAsTheReason() {
        deploy("\" False\"", "\"true\"");
        var later = published(Instant.now().plusSeconds(60));

        assertThat(view.moved(policy(), later)).isEqualTo(Outcome.waiting(RotationReason.CONSUMER_OPTED_OUT));

        pod("another", env());
        assertThat(view.moved(policy(), later)).as("one that may be restarted").isEqualTo(STUCK);
    }

    @Test
    void readersAreNamedByTheirWorkloadsOrElseByThemselvesEachOnce() {
        deploy("\"false\"", "\"true\"");
        pod("lonely", env());
        pod("other", "{\"containers\": [{\"name\": \"c\", \"image\": \"i\"}]}");
        Testbed.shared()
                .kubernetes()
                .admin()
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("api")
                .scale(2);
        await().until(() -> Testbed.shared()
                        .kubernetes()
                        .admin()
                        .pods()
                        .inNamespace(namespace)
                        .withLabel("app", "api")
                        .list()
                        .getItems()
                        .size()
                == 2);

        assertThat(view.readers(policy()))
                .isEqualTo(Outcome.done(List.of(new Reader("deployment/api", true), new Reader("pod/lonely", false))));
    }

    @Test
    void workloadThatWantsToBeRestartedOverrulesItsTemplate() {
        deploy("\"true\"", "\"false\"");

        assertThat(view.moved(policy(), published(Instant.now().plusSeconds(60))))
                .isEqualTo(STUCK);
    }

    /** A Deployment of one reader, with an annotation of its own and one of its template. */
    private void deploy(String own, String template) {
        var client = Testbed.shared().kubernetes().admin();
        client.load(new ByteArrayInputStream(
                        """
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: api, namespace: %s, annotations: {keyturn.io/restart: %s}}
                        spec:
                          selector: {matchLabels: {app: api}}
                          template:
                            metadata: {labels: {app: api}, annotations: {keyturn.io/restart: %s}}
                            spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: orders-db}}]}]}
                        """.formatted(namespace, own, template).getBytes(StandardCharsets.UTF_8)))
                .serverSideApply();
        var pods = client.pods().inNamespace(namespace).withLabel("app", "api");
        await().until(() -> pods.list().getItems().size() == 1);
    }

    @Test
    void podsOfTheTargetItselfAreNoConsumers() {
        var client = Testbed.shared().kubernetes().admin();
        var database = pod("db-0", env());
        client.resource(database)
                .edit(p -> new PodBuilder(p)
                        .editMetadata()
                        .addToLabels("app", "db")
                        .endMetadata()
                        .build());
        var later = published(Instant.now().plusSeconds(60));
        assertThat(view.moved(policy(), later)).as("no Service yet").isEqualTo(STUCK);

        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("db")
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "db")
                        .addNewPort()
                        .withPort(5432)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        assertThat(view.moved(policy(), later)).isEqualTo(Outcome.done(0));
    }

    @Test
    void eachReaderIsMeasuredByTheSecretItReads() {
        var created = createdAt(pod("reader", env()));
        var other = copy("copied", created.plusSeconds(60));

        assertThat(view.moved(
                        policy(),
                        new Published(1, other.at(), List.of(copy("orders-db", created.minusSeconds(1)), other))))
                .isEqualTo(Outcome.done(1));
    }

    private Copy copy(String name, Instant at, String... racing) {
        return new Copy(ObjectRef.secret(namespace, name), at, List.of(), List.of(racing));
    }

    private RotationPolicy policy() {
        return Policies.policy(namespace, namespace + "/db", Map.of("password", "{password}"));
    }

    private static Published published(Instant at) {
        return new Published(1, at, List.of());
    }

    private static Instant createdAt(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    private static String env() {
        return "{\"containers\": [{\"name\": \"c\", \"image\": \"i\", \"env\": [{\"name\": \"P\", \"valueFrom\":"
                + " {\"secretKeyRef\": {\"name\": \"orders-db\", \"key\": \"password\"}}}]}]}";
    }

    /** As a kubelet tells it; who prepares others has ended. */
    private static void runs(Pod pod, String container, Instant since) {
        boolean prepares = container.equals("preparing");
        var state = prepares
                ? "{\"terminated\": {\"exitCode\": 0, \"startedAt\": \"%1$s\", \"finishedAt\": \"%1$s\"}}"
                : "{\"running\": {\"startedAt\": \"%s\"}}";
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(pod)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"phase": "Running", "%s": [{"name": "%s", "image": "i", "imageID": "", "ready": true,
                          "restartCount": 1, "state": %s}]}}""".formatted(
                        prepares ? "initContainerStatuses" : "containerStatuses", container, state.formatted(since)));
    }

    private Pod pod(String name, String spec) {
        var client = Testbed.shared().kubernetes().admin();
        var parsed = client.getKubernetesSerialization().unmarshal(spec, PodSpec.class);
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withSpec(new PodSpecBuilder(parsed)
                                .withNodeName("node-1")
                                .build())
                        .build())
                .create();
    }
}
