package io.keyturn.restart.rollout;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.restart.rollout.Rollout.OfDaemonSet;
import io.keyturn.restart.rollout.Rollout.OfDeployment;
import io.keyturn.restart.rollout.Rollout.OfStatefulSet;

/** How far a roll-out is. */
public sealed interface RolloutStatus {
    /** Under way, or its controller has not looked yet. */
    record Progressing() implements RolloutStatus {}

    /** Every pod is of the new template and available. */
    record Healthy() implements RolloutStatus {}

    /**
     * The template is accepted, and pods move when the owner says so (OnDelete, or a partition): nothing to wait for, and
     * nobody may claim that all pods are on the new content.
     */
    record LeftToOwner() implements RolloutStatus {}

    /** The controller says it will not get there. */
    record GaveUp(RestartReason reason) implements RolloutStatus {}

    /** Reads the status; one that is older than the generation asked for is still progressing. */
    static RolloutStatus of(Rollout rollout, long generation) {
        if (rollout.generation() < generation || rollout.observedGeneration() < rollout.generation()) {
            return new Progressing();
        }
        return switch (rollout) {
            case OfDeployment it -> deployment(it);
            case OfStatefulSet it -> statefulSet(it);
            case OfDaemonSet it -> daemonSet(it);
        };
    }

    private static RolloutStatus deployment(OfDeployment it) {
        if (it.updated() == it.desired() && it.replicas() == it.desired() && it.available() == it.desired()) {
            return new Healthy();
        }
        return it.progressDeadlineExceeded() ? new GaveUp(RestartReason.PROGRESS_DEADLINE_EXCEEDED) : new Progressing();
    }

    private static RolloutStatus statefulSet(OfStatefulSet it) {
        if (it.onDelete()) {
            return new LeftToOwner();
        }
        var stable = it.replicas() == it.desired() && it.ready() == it.desired();
        if (it.partition() > 0) {
            var due = Math.max(0, it.desired() - it.partition());
            return stable && it.updated() >= due ? new LeftToOwner() : new Progressing();
        }
        return stable && it.updated() == it.desired() && it.currentRevision().equals(it.updateRevision())
                ? new Healthy()
                : new Progressing();
    }

    private static RolloutStatus daemonSet(OfDaemonSet it) {
        if (it.onDelete()) {
            return new LeftToOwner();
        }
        return it.updated() == it.desired() && it.available() == it.desired() ? new Healthy() : new Progressing();
    }
}
