package io.keyturn.restart.rollout;

/** Spec and status of a workload, as far as they tell how its roll-out goes. Absent numbers of a status are 0. */
public sealed interface Rollout {
    long generation();

    long observedGeneration();

    /**
     * A Deployment.
     *
     * @param desired {@code spec.replicas}, 1 if absent
     */
    record OfDeployment(
            long generation,
            long observedGeneration,
            int desired,
            int replicas,
            int updated,
            int available,
            boolean progressDeadlineExceeded)
            implements Rollout {}

    /**
     * A StatefulSet.
     *
     * @param partition ordinals below it stay on the old revision
     * @param onDelete pods move when somebody deletes them
     */
    record OfStatefulSet(
            long generation,
            long observedGeneration,
            int desired,
            int replicas,
            int updated,
            int ready,
            String currentRevision,
            String updateRevision,
            int partition,
            boolean onDelete)
            implements Rollout {}

    /**
     * A DaemonSet.
     *
     * @param desired {@code status.desiredNumberScheduled}
     */
    record OfDaemonSet(
            long generation, long observedGeneration, int desired, int updated, int available, boolean onDelete)
            implements Rollout {}
}
