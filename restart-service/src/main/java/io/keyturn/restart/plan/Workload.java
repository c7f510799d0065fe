package io.keyturn.restart.plan;

import java.time.Instant;
import java.util.Map;

import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.Steering;
import io.keyturn.restart.reference.References;
import io.keyturn.restart.rollout.Rollout;
import org.jspecify.annotations.Nullable;

/**
 * A workload as the index knows it.
 *
 * @param labels those of its pods
 */
public record Workload(
        WorkloadRef ref,
        Instant createdAt,
        Map<String, String> annotations,
        Map<String, String> templateAnnotations,
        Map<String, String> labels,
        References references,
        Rollout rollout) {
    public Workload {
        annotations = Map.copyOf(annotations);
        templateAnnotations = Map.copyOf(templateAnnotations);
        labels = Map.copyOf(labels);
    }

    /** The value of an annotation that steers restarts: the workload's own, else its pod template's. */
    @Nullable
    String steering(String name) {
        return Steering.value(name, annotations, templateAnnotations);
    }

    /** Whether it says no to restarts. */
    boolean optsOut() {
        return Steering.optsOut(annotations, templateAnnotations);
    }

    /** The hash that our last patch left there, if any. */
    public @Nullable String content() {
        return templateAnnotations.get(Annotations.CONTENT);
    }
}
