package io.keyturn.watcher;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.watcher.due.RequestId;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Requests and status of SecretRotations; the test plays rotation-service's part of the status. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class RotationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    Campaign campaign;

    private final KubernetesClient kubernetes = Testbed.shared().kubernetes().admin();
    private final TopicLog requests = new TopicLog(Topic.ROTATION_REQUESTS);

    @BeforeEach
    void leads() {
        campaign.start();
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
    }

    @AfterEach
    void close() throws InterruptedException {
        requests.close();
    }

    private ObjectRef create(String namespace, String spec) {
        Testbed.shared().kubernetes().createNamespace(namespace);
        kubernetes.resource("""
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: db, namespace: %s}
                spec:
                  target:
                    postgres: {host: db.%1$s.svc, database: orders, strategy: SingleRole, role: orders,
                      admin: {vault: {path: %1$s/admin}}}
                  store: {vault: {path: %1$s/db}}
                  publish: [{secret: {name: db, data: {password: "{password}", username: "{username}"}}}]
                %s
                """.formatted(namespace, spec)).create();
        return ObjectRef.secretRotation(namespace, "db");
    }

    private Resource<GenericKubernetesResource> resource(ObjectRef ref) {
        return kubernetes
                .genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(ref.namespace())
                .withName(ref.name());
    }

    private void adopt(ObjectRef ref, @Nullable Instant finished) {
        var last = finished == null
                ? ""
                : ", \"lastRotation\": {\"id\": \"before\", \"outcome\": \"Succeeded\", \"finishedAt\": \"" + finished
                        + "\"}";
        var apply = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("keyturn-rotation")
                .build();
        resource(ref).subresource("status").patch(apply, """
                {"apiVersion": "keyturn.io/v1alpha1", "kind": "SecretRotation",
                 "metadata": {"name": "%s", "namespace": "%s"},
                 "status": {"phase": "Idle", "conditions": [{"type": "Adopted", "status": "True"}]%s}}
                """.formatted(ref.name(), ref.namespace(), last));
    }

    private void annotate(ObjectRef ref, String name, String value) {
        resource(ref).patch(PatchContext.of(PatchType.JSON_MERGE), """
                {"metadata": {"annotations": {"%s": "%s"}}}""".formatted(name, value));
    }

    private Uid uid(ObjectRef ref) {
        return new Uid(resource(ref).get().getMetadata().getUid());
    }

    private @Nullable String scheduled(ObjectRef ref, String field) {
        GenericKubernetesResource object = resource(ref).get();
        List<Map<String, String>> conditions = object.get("status", "conditions");
        return conditions == null
                ? null
                : conditions.stream()
                        .filter(c -> "Scheduled".equals(c.get("type")))
                        .map(c -> c.get(field))
                        .findFirst()
                        .orElse(null);
    }

    private void awaitScheduled(ObjectRef ref, String reason) {
        await().atMost(PATIENCE).until(() -> Objects.equals(reason, scheduled(ref, "reason")));
    }

    @Test
    void emergencyIsAskedForByAnnotation() {
        var ref = create("leaked", "");
        adopt(ref, null);
        annotate(ref, "keyturn.io/compromised", "leak-7");
        var request = awaitRequests(ref, 1).getFirst();
        assertThat(request.id()).isEqualTo(RequestId.compromised(uid(ref), "leak-7"));
        assertThat(request.reason()).isEqualTo(RequestReason.COMPROMISE);
    }

    private List<RotationRequested> awaitRequests(ObjectRef ref, int count) {
        await().atMost(PATIENCE)
                .until(() -> requests.events(ref, RotationRequested.class).size() >= count);
        return requests.events(ref, RotationRequested.class);
    }

    @Test
    void manualRequestWaitsForAdoptionAndIsMadeOnce() throws InterruptedException {
        var ref = create("manual", "  schedule: {every: 30d}");
        annotate(ref, "keyturn.io/requested-by", "jane@example.org");
        annotate(ref, "keyturn.io/rotate", "t-1");
        awaitScheduled(ref, "AwaitingAdoption");
        assertThat(requests.events(ref, RotationRequested.class)).isEmpty();

        adopt(ref, null);
        var request = awaitRequests(ref, 1).getFirst();
        assertThat(request.id()).isEqualTo(RequestId.manual(uid(ref), "t-1"));
        assertThat(request.reason()).isEqualTo(RequestReason.MANUAL);
        assertThat(request.requestedBy()).hasToString("jane@example.org");
        assertThat(request.basedOn()).isNull();

        annotate(ref, "note", "something else changed");
        annotate(ref, "keyturn.io/rotate", "t-2");
        assertThat(awaitRequests(ref, 2))
                .extracting(RotationRequested::id)
                .containsExactly(RequestId.manual(uid(ref), "t-1"), RequestId.manual(uid(ref), "t-2"));
        assertThat(scheduled(ref, "status")).isEqualTo("True");

        campaign.stop();
        campaign.start();
        var again = awaitRequests(ref, 3).getLast();
        assertThat(again.id()).isEqualTo(RequestId.manual(uid(ref), "t-2"));
        var events = requests.envelopes(ref);
        assertThat(events.getLast().id()).isEqualTo(events.get(1).id());
    }

    @Test
    void dueRunIsRequestedByItsSchedule() {
        var ref = create("scheduled", "  schedule: {every: 1h}");
        var finished = Instant.now().minus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);
        adopt(ref, finished);
        var due = finished.plus(Duration.ofHours(1));
        var request = awaitRequests(ref, 1).getFirst();
        assertThat(request.reason()).isEqualTo(RequestReason.SCHEDULE);
        assertThat(request.dueAt()).isEqualTo(due);
        assertThat(request.id()).isEqualTo(RequestId.scheduled(uid(ref), due));
        assertThat(request.basedOn()).hasToString("before");

        var ended = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        adopt(ref, ended);
        awaitScheduled(ref, "Waiting");
        assertThat(resource(ref).get().<String>get("status", "nextRotation"))
                .isEqualTo(ended.plus(Duration.ofHours(1)).toString());
        assertThat(resource(ref).get().<String>get("status", "phase")).isEqualTo("Idle");
        assertThat(requests.events(ref, RotationRequested.class)).hasSize(1);
    }

    @Test
    void dateThatNeverComesIsSaidInTheStatusAndNothingIsRequested() {
        var ref = create("bad-cron", "  schedule: {every: 1h, windows: [{cron: \"0 2 30 2 *\", duration: 1h}]}");
        adopt(ref, Instant.now().minus(Duration.ofDays(2)));
        awaitScheduled(ref, "InvalidSchedule");
        assertThat(scheduled(ref, "status")).isEqualTo("False");
        assertThat(scheduled(ref, "message")).startsWith("spec.schedule.windows[0].cron: write a date that comes");
        assertThat(requests.events(ref, RotationRequested.class)).isEmpty();
        assertThat(resource(ref).get().<String>get("status", "nextRotation")).isNull();
    }
}
