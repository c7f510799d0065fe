package io.keyturn.watcher.rotation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.watcher.TopicLog;
import io.keyturn.watcher.WatcherTestbed;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.topic.StatementSender;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Nobody led for a long time, and now everything is overdue. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class OverdueIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAMESPACE = "overdue";
    private static final int PER_MINUTE = 12;
    private static final Duration BETWEEN = Duration.ofSeconds(5);
    private static final List<ObjectRef> POLICIES = IntStream.range(0, PER_MINUTE + 2)
            .mapToObj(i -> ObjectRef.secretRotation(NAMESPACE, "db-" + i))
            .toList();

    @Inject
    Campaign campaign;

    @Inject
    KubernetesClient client;

    @Inject
    StatementSender sender;

    @Inject
    ScheduleStatus status;

    @Inject
    Clock clock;

    private final KubernetesClient kubernetes = Testbed.shared().kubernetes().admin();

    @AfterEach
    void forgetThem() {
        kubernetes
                .genericKubernetesResources(ScheduleStatus.API_VERSION, ScheduleStatus.KIND)
                .inNamespace(NAMESPACE)
                .delete();
    }

    @Proves("R42")
    @Test
    void aMinutesWorthIsAskedForAtOnceTheRestInTurnAndWhoAsksByHandWaitsForNobody() throws InterruptedException {
        campaign.stop();
        Testbed.shared().kubernetes().createNamespace(NAMESPACE);
        POLICIES.forEach(this::createOverdue);
        var watch = new RotationWatch(client, sender, status, clock, Duration.ofHours(1), PER_MINUTE);
        try (var requests = new TopicLog(Topic.ROTATION_REQUESTS);
                var _ = watch.start()) {
            await().atMost(PATIENCE).until(() -> asked(requests).count() == PER_MINUTE);
            var last = waiting(requests);
            rotateByHand(last);
            await().atMost(PATIENCE).until(() -> requests.envelopes(last).size() == 1);
            assertThat(asked(requests)).hasSizeLessThan(POLICIES.size());

            await().atMost(PATIENCE).until(() -> asked(requests).count() == POLICIES.size() + 1);
            var scheduled = asked(requests)
                    .filter(request -> request.dueAt() != null)
                    .map(RotationRequested::at)
                    .sorted()
                    .toList();
            assertThat(Duration.between(scheduled.getFirst(), scheduled.get(PER_MINUTE - 1)))
                    .isLessThan(BETWEEN);
            for (int i = PER_MINUTE; i < scheduled.size(); i++) {
                assertThat(Duration.between(scheduled.getFirst(), scheduled.get(i)))
                        .isGreaterThanOrEqualTo(BETWEEN.multipliedBy(i - PER_MINUTE + 1));
            }
        }
    }

    private static Stream<RotationRequested> asked(TopicLog requests) {
        return POLICIES.stream()
                .flatMap(policy -> requests.envelopes(policy).stream())
                .map(EventEnvelope::event)
                .map(RotationRequested.class::cast);
    }

    /** One of those that nobody has asked for yet. */
    private static ObjectRef waiting(TopicLog requests) {
        return POLICIES.stream()
                .filter(policy -> requests.envelopes(policy).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private void rotateByHand(ObjectRef policy) {
        kubernetes
                .genericKubernetesResources(ScheduleStatus.API_VERSION, ScheduleStatus.KIND)
                .inNamespace(NAMESPACE)
                .withName(policy.name())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"keyturn.io/rotate\": \"t-1\"}}}");
    }

    private void createOverdue(ObjectRef policy) {
        kubernetes.resource("""
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  schedule: {every: 30d}
                  target:
                    postgres: {host: db.%2$s.svc, database: orders, strategy: SingleRole, role: %1$s,
                      admin: {vault: {path: %2$s/admin}}}
                  store: {vault: {path: %2$s/%1$s}}
                  publish: [{secret: {name: %1$s, data: {password: "{password}", username: "{username}"}}}]
                """.formatted(policy.name(), NAMESPACE)).create();
        kubernetes
                .genericKubernetesResources(ScheduleStatus.API_VERSION, ScheduleStatus.KIND)
                .inNamespace(NAMESPACE)
                .withName(policy.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"phase": "Succeeded", "conditions": [{"type": "Adopted", "status": "True"}],
                                    "lastRotation": {"id": "r0", "outcome": "Succeeded", "finishedAt": "%s"}}}""".formatted(
                                Instant.now().minus(Duration.ofDays(90)).toString()));
    }
}
