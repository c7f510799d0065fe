package io.keyturn.restart.workload;

import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.restart.workload.PatchResult.Gone;
import io.keyturn.restart.workload.PatchResult.Patched;
import io.keyturn.restart.workload.PatchResult.Refused;
import io.keyturn.restart.workload.PatchResult.Unknown;

/** The one write of this service to a workload: one annotation of its pod template, by one request, without reading first. */
@ApplicationScoped
public class WorkloadPatcher {
    static final String FIELD_MANAGER = "keyturn-restart";

    private static final PatchContext STRATEGIC_MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.STRATEGIC_MERGE)
            .withFieldManager(FIELD_MANAGER)
            .build();

    private final KubernetesClient client;

    WorkloadPatcher(KubernetesClient client) {
        this.client = client;
    }

    /** Blocks. The same mark again changes nothing at the API server. */
    public PatchResult patch(WorkloadRef workload, String mark) {
        try {
            return new Patched(
                    send(workload, json(workload, mark)).getMetadata().getGeneration());
        } catch (KubernetesClientException e) {
            return failed(e);
        }
    }

    /** The mark may be one that was found in the template, where anybody may have written anything. */
    private String json(WorkloadRef workload, String mark) {
        // The uid guards against a namesake: it is immutable, so a patch that names another one is refused.
        return client.getKubernetesSerialization()
                .asJson(Map.of(
                        "metadata",
                        Map.of("uid", workload.uid().value()),
                        "spec",
                        Map.of(
                                "template",
                                Map.of("metadata", Map.of("annotations", Map.of(Annotations.CONTENT, mark))))));
    }

    /** A stub in place of the object keeps the client from fetching it. */
    private HasMetadata send(WorkloadRef workload, String patch) {
        var apps = client.apps();
        var stub = stub(workload);
        return switch (workload.kind()) {
            case Deployment -> {
                var it = new Deployment();
                it.setMetadata(stub);
                yield apps.deployments().resource(it).patch(STRATEGIC_MERGE, patch);
            }
            case StatefulSet -> {
                var it = new StatefulSet();
                it.setMetadata(stub);
                yield apps.statefulSets().resource(it).patch(STRATEGIC_MERGE, patch);
            }
            case DaemonSet -> {
                var it = new DaemonSet();
                it.setMetadata(stub);
                yield apps.daemonSets().resource(it).patch(STRATEGIC_MERGE, patch);
            }
        };
    }

    private static ObjectMeta stub(WorkloadRef workload) {
        return new ObjectMetaBuilder()
                .withNamespace(workload.namespace())
                .withName(workload.name())
                .build();
    }

    private static PatchResult failed(KubernetesClientException e) {
        var status = e.getCode();
        return switch (status) {
            case 404, 409 -> new Gone();
            case 400, 401, 403, 405, 422 -> uidMismatch(e) ? new Gone() : new Refused(status);
            default -> new Unknown(status == 0 ? e.getClass().getSimpleName() : "HTTP " + status);
        };
    }

    private static boolean uidMismatch(KubernetesClientException e) {
        var details = e.getStatus() == null ? null : e.getStatus().getDetails();
        return details != null
                && details.getCauses().stream().anyMatch(cause -> "metadata.uid".equals(cause.getField()));
    }
}
