package io.keyturn.watcher.leader;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import jakarta.inject.Inject;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.testbed.Testbed;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.WatcherTestbed;
import io.keyturn.watcher.master.FingerprintMaster;
import io.keyturn.watcher.observe.Observer;
import io.keyturn.watcher.rotation.RotationWatch;
import io.keyturn.watcher.topic.StatementSender;
import io.keyturn.watcher.topic.StatementTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Standing for election never ends by accident, and why nobody leads is told. */
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
    StatementSender sender;

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

    @Test
    void withoutTheNamespaceOfTheLeaseItIsNotReadyAndSaysWhyUntilThereIsOne() throws InterruptedException {
        campaign.stop();
        var kubernetes = Testbed.shared().kubernetes();
        var stands = in("not-there-yet", kubernetes.admin());
        var lines = new Lines();
        var log = Logger.getLogger("io.keyturn.watcher");
        log.addHandler(lines);
        try {
            stands.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> waitsFor(stands).equals("LEASE"));
            var readiness = new WatcherReadiness(stands, sender).call();

            assertThat(readiness.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(lines.all)
                    .containsExactly(
                            "KT2013: Lease keyturn-watcher in namespace not-there-yet cannot be read or written"
                                    + " (KUBERNETES_404); trying again");

            kubernetes.createNamespace("not-there-yet");
            await().atMost(Duration.ofSeconds(30)).until(() -> stands.role() == Role.LEADING);
            assertThat(waitsFor(stands)).isEqualTo("NOTHING");
        } finally {
            log.removeHandler(lines);
            stands.stop();
        }
    }

    @Test
    void withoutTheRightToItsLeaseItIsNotReady() throws InterruptedException {
        campaign.stop();
        var stands = in("default", client);
        try {
            stands.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> waitsFor(stands).equals("LEASE"));
        } finally {
            stands.stop();
        }
    }

    @Test
    void aLeaseThatCannotBeUnderstoodEndsNoElection() throws InterruptedException {
        campaign.stop();
        var kubernetes = Testbed.shared().kubernetes();
        kubernetes.createNamespace("odd-lease");
        var leases = kubernetes.admin().leases().inNamespace("odd-lease");
        leases.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("keyturn-watcher")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("somebody")
                        .endSpec()
                        .build())
                .create();
        var stands = in("odd-lease", kubernetes.admin());
        try {
            stands.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> waitsFor(stands).equals("LEASE"));

            leases.withName("keyturn-watcher").delete();
            await().atMost(Duration.ofSeconds(30)).until(() -> stands.role() == Role.LEADING);
        } finally {
            stands.stop();
        }
    }

    @Test
    void whoWaitsForTheLeaseOfAnotherIsReady() throws InterruptedException {
        campaign.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> campaign.role() == Role.LEADING);
        var stands = in(config.namespace(), client);
        try {
            stands.start();
            await().during(config.leader().retryPeriod().multipliedBy(4))
                    .until(() -> waitsFor(stands).equals("NOTHING"));
            assertThat(stands.role()).isEqualTo(Role.STANDBY);
        } finally {
            stands.stop();
        }
    }

    private String waitsFor(Campaign stands) {
        return String.valueOf(new WatcherReadiness(stands, sender)
                .call()
                .getData()
                .orElseThrow()
                .get("waitsFor"));
    }

    /** Another instance, whose Lease is in that namespace. */
    private Campaign in(String namespace, KubernetesClient kubernetes) {
        var elsewhere = instead(
                WatcherConfig.class,
                config,
                (method, proceed) -> method.equals("namespace") ? namespace : proceed.call());
        var other = instead(
                KitConfig.class, kit, (method, proceed) -> method.equals("instance") ? "another" : proceed.call());
        return new Campaign(
                kubernetes, other, elsewhere, topic, master, observer, rotations, new SimpleMeterRegistry());
    }

    /** A client that cannot make an elector the first times. */
    private KubernetesClient failing(AtomicInteger failures, int times) {
        return instead(KubernetesClient.class, client, (method, proceed) -> {
            if (method.equals("leaderElector") && failures.get() < times) {
                failures.incrementAndGet();
                throw new IllegalStateException("no elector");
            }
            return proceed.call();
        });
    }

    private interface Answer {
        Object to(String method, Callable<Object> proceed) throws Exception;
    }

    private static <T> T instead(Class<T> type, T real, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> answer.to(method.getName(), () -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() instanceof Exception cause ? cause : e;
                    }
                })));
    }

    private static final class Lines extends Handler {
        final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            all.add(ExtLogRecord.wrap(record).getFormattedMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
