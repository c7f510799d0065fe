package io.keyturn.watcher.leader;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherTestbed;
import io.keyturn.watcher.master.FingerprintMaster;
import io.keyturn.watcher.observe.Observer;
import io.keyturn.watcher.rotation.RotationWatch;
import io.keyturn.watcher.topic.StatementTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Standing for election never ends by accident. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class CampaignIT {
    @Inject
    Campaign campaign;

    @Inject
    KubernetesClient client;

    @Inject
    KitConfig kit;

    @Inject
    WatcherConfig config;

    @Inject
    StatementTopic topic;

    @Inject
    FingerprintMaster master;

    @Inject
    Observer observer;

    @Inject
    RotationWatch rotations;

    @Test
    void anElectionThatCannotEvenBeginIsTriedAgain() throws InterruptedException {
        campaign.stop();
        var failures = new AtomicInteger();
        var stands = new Campaign(
                failing(failures, 2), kit, config, topic, master, observer, rotations, new SimpleMeterRegistry());
        try {
            stands.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> stands.role() == Role.LEADING);
            assertThat(failures).hasValue(2);
        } finally {
            stands.stop();
        }
    }

    /** A client that cannot make an elector the first times. */
    private KubernetesClient failing(AtomicInteger failures, int times) {
        return (KubernetesClient) Proxy.newProxyInstance(
                KubernetesClient.class.getClassLoader(),
                new Class<?>[] {KubernetesClient.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("leaderElector") && failures.get() < times) {
                        failures.incrementAndGet();
                        throw new IllegalStateException("no elector");
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
