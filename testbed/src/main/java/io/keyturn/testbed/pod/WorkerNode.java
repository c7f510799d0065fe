package io.keyturn.testbed.pod;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** The Node object of the runner, kept alive by its Lease: without a heartbeat the controllers would evict its pods. */
final class WorkerNode {
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("keyturn-pod-runner")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final String name;

    WorkerNode(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
    }

    void register() {
        var capacity = Map.of("cpu", new Quantity("64"), "memory", new Quantity("256Gi"), "pods", new Quantity("2000"));
        var node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("testbed.keyturn.io/double", "true")
                .endMetadata()
                .build();
        client.nodes().resource(node).patch(APPLY);
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        client.nodes()
                .resource(new NodeBuilder(node)
                        .withNewStatus()
                        .withCapacity(capacity)
                        .withAllocatable(capacity)
                        .addNewAddress("127.0.0.1", "InternalIP")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("PodRunnerReady")
                        .withLastHeartbeatTime(now)
                        .withLastTransitionTime(now)
                        .endCondition()
                        .endStatus()
                        .build())
                .subresource("status")
                .patch(APPLY);
    }

    /** Renews the Lease. While the API server is away nothing can be renewed, and nobody looks. */
    void beat() {
        try {
            client.leases()
                    .inNamespace("kube-node-lease")
                    .resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace("kube-node-lease")
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(name)
                            .withLeaseDurationSeconds(40)
                            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                            .endSpec()
                            .build())
                    .patch(APPLY);
        } catch (KubernetesClientException e) {
            return;
        }
    }

    void remove() {
        try {
            client.nodes().withName(name).delete();
        } catch (KubernetesClientException e) {
            return;
        }
    }
}
