package io.keyturn.watcher.rotation;

import java.time.Clock;
import java.time.Duration;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.watcher.TopicLog;
import io.keyturn.watcher.WatcherTestbed;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.topic.StatementSender;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Nobody takes the request up: it may be lost. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class RepeatedRequestIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectRef POLICY = ObjectRef.secretRotation("repeated", "db");

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

    @Test
    void isMadeAgainThoughNothingChanges() throws InterruptedException {
        campaign.stop();
        create();
        var watch = new RotationWatch(client, sender, status, clock, Duration.ofSeconds(1), 60);
        try (var requests = new TopicLog(Topic.ROTATION_REQUESTS);
                var _ = watch.start()) {
            await().atMost(PATIENCE).until(() -> requests.envelopes(POLICY).size() >= 3);
            assertThat(requests.envelopes(POLICY))
                    .extracting(EventEnvelope::id)
                    .containsOnly(requests.envelopes(POLICY).getFirst().id());
            assertThat(requests.envelopes(POLICY))
                    .extracting(EventEnvelope::event)
                    .containsOnly(requests.envelopes(POLICY).getFirst().event());
        }
    }

    private void create() {
        Testbed.shared().kubernetes().createNamespace(POLICY.namespace());
        kubernetes.resource("""
                apiVersion: keyturn.io/v1alpha1
                kind: SecretRotation
                metadata: {name: db, namespace: repeated, annotations: {keyturn.io/rotate: t-1}}
                spec:
                  target:
                    postgres: {host: db.repeated.svc, database: orders, strategy: SingleRole, role: orders,
                      admin: {vault: {path: repeated/admin}}}
                  store: {vault: {path: repeated/db}}
                  publish: [{secret: {name: db, data: {password: "{password}", username: "{username}"}}}]
                """).create();
        kubernetes
                .genericKubernetesResources(ScheduleStatus.API_VERSION, ScheduleStatus.KIND)
                .inNamespace(POLICY.namespace())
                .withName(POLICY.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"phase": "Succeeded", "conditions": [{"type": "Adopted", "status": "True"}]}}""");
    }
}
