package io.keyturn.testbed.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.testbed.Testbed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Faults that need no database: pods of our own, without a controller. */
class PodFaultsIT {
    private static final String NAMESPACE = "pod-faults";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static KubernetesClient client;
    private static PodRunner runner;

    @BeforeAll
    static void start() {
        client = Testbed.shared().kubernetes().admin();
        Testbed.shared().kubernetes().createNamespace(NAMESPACE);
        runner = PodRunner.start(client);
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    @Test
    void aDelayedPodStartsLaterAndTheNextOneAtOnce() {
        runner.nextPods(NAMESPACE, "late").delay(Duration.ofSeconds(4));
        var begin = Instant.now();
        create("late");
        create("prompt");
        await().atMost(PATIENCE).until(() -> isReady("prompt") && isReady("late"));
        assertThat(readySince("late")).isAfter(readySince("prompt"));
        assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void aPodThatHangsRunsIsNotReadyAndUsesUpItsGracePeriod() {
        runner.nextPods(NAMESPACE, "stuck").hang();
        create("stuck");
        await().atMost(PATIENCE).until(() -> {
            var pod = pod("stuck");
            return pod != null && "Running".equals(pod.getStatus().getPhase());
        });
        assertThat(isReady("stuck")).isFalse();

        var told = Instant.now();
        client.pods().inNamespace(NAMESPACE).withName("stuck").delete();
        await().atMost(PATIENCE).until(() -> pod("stuck") == null);
        assertThat(Duration.between(told, Instant.now())).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void aPodOfAForeignImageIsNotRun() {
        client.pods()
                .inNamespace(NAMESPACE)
                .resource(pod("foreign", "example.org/app"))
                .create();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.pods()
                                .inNamespace(NAMESPACE)
                                .withName("foreign")
                                .get()
                                .getStatus()
                                .getContainerStatuses())
                        .singleElement()
                        .satisfies(status -> assertThat(
                                        status.getState().getWaiting().getReason())
                                .isEqualTo("ImagePullBackOff")));
    }

    private static void create(String name) {
        client.pods()
                .inNamespace(NAMESPACE)
                .resource(pod(name, "keyturn.test/pause"))
                .create();
    }

    private static Pod pod(String name, String image) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(2L)
                .addNewContainer()
                .withName("main")
                .withImage(image)
                .endContainer()
                .endSpec()
                .build();
    }

    private static @Nullable Pod pod(String name) {
        return client.pods().inNamespace(NAMESPACE).withName(name).get();
    }

    private static boolean isReady(String name) {
        return ready(name).isPresent();
    }

    /** When it became so; told in whole seconds. */
    private static Instant readySince(String name) {
        return Instant.parse(ready(name).orElseThrow().getLastTransitionTime());
    }

    private static Optional<PodCondition> ready(String name) {
        return Optional.ofNullable(pod(name)).stream()
                .flatMap(pod -> pod.getStatus().getConditions().stream())
                .filter(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()))
                .findFirst();
    }
}
