package io.keyturn.restart.workload;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.reference.References;
import io.keyturn.restart.rollout.Rollout;
import org.jspecify.annotations.Nullable;

/** Workloads of the Kubernetes API as the pure core sees them. */
final class WorkloadReader {
    private WorkloadReader() {}

    static Workload read(Deployment it) {
        return workload(WorkloadKind.Deployment, it, it.getSpec().getTemplate(), rollout(it));
    }

    static Workload read(StatefulSet it) {
        return workload(WorkloadKind.StatefulSet, it, it.getSpec().getTemplate(), rollout(it));
    }

    static Workload read(DaemonSet it) {
        return workload(WorkloadKind.DaemonSet, it, it.getSpec().getTemplate(), rollout(it));
    }

    private static Workload workload(WorkloadKind kind, HasMetadata it, PodTemplateSpec template, Rollout rollout) {
        var meta = it.getMetadata();
        @Nullable ObjectMeta pod = template.getMetadata();
        return new Workload(
                new WorkloadRef(kind, meta.getNamespace(), meta.getName(), new Uid(meta.getUid())),
                Instant.parse(meta.getCreationTimestamp()),
                orEmpty(meta.getAnnotations()),
                pod == null ? Map.of() : orEmpty(pod.getAnnotations()),
                pod == null ? Map.of() : orEmpty(pod.getLabels()),
                References.of(meta.getNamespace(), TemplateReader.read(template.getSpec())),
                rollout);
    }

    private static Rollout rollout(Deployment it) {
        var status = it.getStatus();
        if (status == null) {
            return new Rollout.OfDeployment(generation(it), 0, 1, 0, 0, 0, false);
        }
        var gaveUp = status.getConditions().stream()
                .anyMatch(c -> "Progressing".equals(c.getType()) && "ProgressDeadlineExceeded".equals(c.getReason()));
        return new Rollout.OfDeployment(
                generation(it),
                number(status.getObservedGeneration()),
                Objects.requireNonNullElse(it.getSpec().getReplicas(), 1),
                number(status.getReplicas()),
                number(status.getUpdatedReplicas()),
                number(status.getAvailableReplicas()),
                gaveUp);
    }

    private static Rollout rollout(StatefulSet it) {
        var status = it.getStatus();
        var strategy = it.getSpec().getUpdateStrategy();
        var rolling = strategy == null ? null : strategy.getRollingUpdate();
        var partition = rolling == null ? 0 : number(rolling.getPartition());
        var onDelete = strategy != null && "OnDelete".equals(strategy.getType());
        var desired = Objects.requireNonNullElse(it.getSpec().getReplicas(), 1);
        if (status == null) {
            return new Rollout.OfStatefulSet(generation(it), 0, desired, 0, 0, 0, "", "", partition, onDelete);
        }
        return new Rollout.OfStatefulSet(
                generation(it),
                number(status.getObservedGeneration()),
                desired,
                number(status.getReplicas()),
                number(status.getUpdatedReplicas()),
                number(status.getReadyReplicas()),
                Objects.requireNonNullElse(status.getCurrentRevision(), ""),
                Objects.requireNonNullElse(status.getUpdateRevision(), ""),
                partition,
                onDelete);
    }

    private static Rollout rollout(DaemonSet it) {
        var status = it.getStatus();
        var strategy = it.getSpec().getUpdateStrategy();
        var onDelete = strategy != null && "OnDelete".equals(strategy.getType());
        if (status == null) {
            return new Rollout.OfDaemonSet(generation(it), 0, 0, 0, 0, onDelete);
        }
        return new Rollout.OfDaemonSet(
                generation(it),
                number(status.getObservedGeneration()),
                number(status.getDesiredNumberScheduled()),
                number(status.getUpdatedNumberScheduled()),
                number(status.getNumberAvailable()),
                onDelete);
    }

    private static long generation(HasMetadata it) {
        return number(it.getMetadata().getGeneration());
    }

    private static long number(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private static int number(@Nullable Integer number) {
        return number == null ? 0 : number;
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
