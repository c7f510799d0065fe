package io.keyturn.restart.workload;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.RestartConfig;
import io.keyturn.restart.RestartLog;

/** Kubernetes Events on workloads, for {@code kubectl describe}. Best effort: a lost one loses nothing. */
@ApplicationScoped
public class WorkloadEvents {
    static final String REASON = "KeyturnRestart";

    private final KubernetesClient client;
    private final RestartConfig config;
    private final Clock clock;

    WorkloadEvents(KubernetesClient client, RestartConfig config, Clock clock) {
        this.client = client;
        this.config = config;
        this.clock = clock;
    }

    /** Returns at once. */
    public void normal(WorkloadRef workload, String note) {
        send(workload, "Normal", note);
    }

    /** Returns at once. */
    public void warning(WorkloadRef workload, String note) {
        send(workload, "Warning", note);
    }

    private void send(WorkloadRef workload, String type, String note) {
        if (config.events()) {
            Thread.ofVirtual().name("workload-event").start(() -> create(workload, type, note));
        }
    }

    private void create(WorkloadRef workload, String type, String note) {
        var now = DateTimeFormatter.ISO_INSTANT.format(
                clock.instant().atOffset(ZoneOffset.UTC).withNano(0));
        var event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(workload.name() + ".")
                .withNamespace(workload.namespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("apps/v1")
                .withKind(workload.kind().name())
                .withNamespace(workload.namespace())
                .withName(workload.name())
                .withUid(workload.uid().value())
                .endInvolvedObject()
                .withNewSource()
                .withComponent(WorkloadPatcher.FIELD_MANAGER)
                .endSource()
                .withType(type)
                .withReason(REASON)
                .withMessage(note)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .build();
        try {
            client.v1()
                    .events()
                    .inNamespace(workload.namespace())
                    .resource(event)
                    .create();
        } catch (KubernetesClientException e) {
            RestartLog.LOG.eventNotWritten(workload, e.getCode());
        }
    }
}
