package io.keyturn.watcher;

import java.io.IOException;
import java.time.Duration;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.leader.Role;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The leader was cut off for so long that the version its watch goes on from is gone: 410. */
@QuarkusTest
@TestProfile(BehindProxy.class)
class ExpiredWatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectRef CHANGED = ObjectRef.secret("expired", "changed");
    private static final ObjectRef DELETED = ObjectRef.secret("expired", "deleted");
    private static final ObjectRef UNTOUCHED = ObjectRef.secret("expired", "untouched");
    private static final ObjectRef AFTERWARDS = ObjectRef.secret("expired", "afterwards");

    @Inject
    Campaign campaign;

    @Inject
    MeterRegistry metrics;

    private final KubernetesClient kubernetes = Testbed.shared().kubernetes().admin();
    private final TopicLog topic = new TopicLog(Topic.SECRETS);

    @AfterEach
    void close() throws InterruptedException {
        topic.close();
    }

    @Proves("I8")
    @Test
    void whatChangedMeanwhileIsStatedOnceAndTheWatchGoesOn() throws IOException {
        campaign.start();
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);
        Testbed.shared().kubernetes().createNamespace(CHANGED.namespace());
        Secrets.write(DELETED, "x");
        Secrets.write(UNTOUCHED, "x");
        var lastSeen = Secrets.write(CHANGED, "before").getMetadata().getResourceVersion();
        awaitStated(CHANGED, 1);
        awaitStated(DELETED, 1);
        awaitStated(UNTOUCHED, 1);
        var lists = lists();
        var office = lease().getLeaseTransitions();

        BehindProxy.proxy().disable();
        Secrets.write(CHANGED, "between");
        Secrets.write(CHANGED, "at last");
        kubernetes
                .secrets()
                .inNamespace(DELETED.namespace())
                .withName(DELETED.name())
                .delete();
        Testbed.shared().kubernetes().compact();
        Testbed.shared().kubernetes().stopApiServer();
        Testbed.shared().kubernetes().startApiServer();
        assertThat(kubernetes.raw("/api/v1/secrets?watch=true&timeoutSeconds=1&resourceVersion=" + lastSeen))
                .as("a watch from the version that was seen last")
                .contains("\"code\":410");
        BehindProxy.proxy().enable();

        awaitStated(CHANGED, 2);
        await().atMost(PATIENCE)
                .until(() -> topic.events(DELETED, SecretDeleted.class).size() == 1);
        Secrets.write(AFTERWARDS, "x");
        awaitStated(AFTERWARDS, 1);
        await().atMost(PATIENCE).until(() -> campaign.role() == Role.LEADING);

        assertThat(topic.events(CHANGED, SecretChanged.class)).hasSize(2);
        assertThat(topic.events(UNTOUCHED, SecretChanged.class)).hasSize(1);
        assertThat(lists()).as("the watch listed again").isGreaterThan(lists);
        assertThat(lease().getLeaseTransitions()).as("the same term").isEqualTo(office);
    }

    private void awaitStated(ObjectRef object, int times) {
        await().atMost(PATIENCE)
                .until(() -> topic.events(object, SecretChanged.class).size() >= times);
    }

    private double lists() {
        return metrics.counter("keyturn.watch.relists", "kind", "Secret").count();
    }

    private LeaseSpec lease() {
        return kubernetes
                .leases()
                .inNamespace("keyturn-system")
                .withName("keyturn-watcher")
                .get()
                .getSpec();
    }
}
