package io.keyturn.testbed.pod;

import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;

/** Writes what a kubelet would write to one pod's status, and deletes the pod when its programs have ended. */
final class PodStatusWriter {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final Pod pod;
    private final String address;
    private final Instant started = now();
    private final Map<String, PodCondition> conditions = new HashMap<>();

    PodStatusWriter(KubernetesClient client, Pod pod, String address) {
        this.client = client;
        this.pod = pod;
        this.address = address;
    }

    /** @param init the init container that holds the others up; null when all are done */
    void write(List<RunningContainer> containers, @Nullable RunningContainer init) {
        boolean running = containers.stream()
                .anyMatch(c -> c.state().isRunning() || c.state().restarts() > 0);
        boolean ready =
                init == null && containers.stream().allMatch(c -> c.state().ready());
        var status = new PodStatusBuilder()
                .withPhase(running ? "Running" : "Pending")
                .withPodIP(address)
                .addNewPodIP()
                .withIp(address)
                .endPodIP()
                .withHostIP("127.0.0.1")
                .withStartTime(started.toString())
                .withConditions(
                        condition("PodScheduled", true, null),
                        condition("Initialized", init == null, "ContainersNotInitialized"),
                        condition("ContainersReady", ready, "ContainersNotReady"),
                        condition("Ready", ready, "ContainersNotReady"))
                .withInitContainerStatuses(initStatuses(init))
                .withContainerStatuses(containers.stream()
                        .map(c -> c.state()
                                .status(
                                        c.spec().getName(),
                                        c.spec().getImage(),
                                        containerId(c.spec().getName())))
                        .toList())
                .build();
        client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .subresource("status")
                .patch(
                        MERGE,
                        Serialization.asJson(Map.of(
                                "metadata", Map.of("uid", pod.getMetadata().getUid()), "status", status)));
    }

    /** As a kubelet does it: at once, and only this very pod. Tried again while the API server is away. */
    void delete(Runnable pause) {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                var answer = client.raw(
                        "/api/v1/namespaces/%s/pods/%s"
                                .formatted(
                                        pod.getMetadata().getNamespace(),
                                        pod.getMetadata().getName()),
                        "DELETE",
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "DeleteOptions",
                                "gracePeriodSeconds",
                                0,
                                "preconditions",
                                Map.of("uid", pod.getMetadata().getUid())));
                if (answer != null || attempt > 0) {
                    return;
                }
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                    return;
                }
            }
            pause.run();
        }
    }

    private List<ContainerStatus> initStatuses(@Nullable RunningContainer heldUp) {
        var statuses = new ArrayList<ContainerStatus>();
        boolean reached = false;
        for (var init : pod.getSpec().getInitContainers()) {
            if (heldUp != null && heldUp.spec().getName().equals(init.getName())) {
                statuses.add(heldUp.state().status(init.getName(), init.getImage(), null));
                reached = true;
            } else if (reached) {
                statuses.add(ContainerState.INITIALISING.status(init.getName(), init.getImage(), null));
            } else {
                statuses.add(ContainerState.completed(init.getName(), init.getImage(), started));
            }
        }
        return statuses;
    }

    private PodCondition condition(String type, boolean holds, @Nullable String reasonIfNot) {
        var value = holds ? "True" : "False";
        var before = conditions.get(type);
        if (before == null || !before.getStatus().equals(value)) {
            conditions.put(
                    type,
                    new PodConditionBuilder()
                            .withType(type)
                            .withStatus(value)
                            .withReason(holds ? null : reasonIfNot)
                            .withLastTransitionTime(now().toString())
                            .build());
        }
        return java.util.Objects.requireNonNull(conditions.get(type));
    }

    private String containerId(String container) {
        return "keyturn-pod-runner://" + pod.getMetadata().getUid() + "/" + container;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
