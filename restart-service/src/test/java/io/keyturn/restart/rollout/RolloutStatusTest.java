package io.keyturn.restart.rollout;

import io.keyturn.contract.event.RestartReason;
import io.keyturn.restart.rollout.Rollout.OfDaemonSet;
import io.keyturn.restart.rollout.Rollout.OfDeployment;
import io.keyturn.restart.rollout.Rollout.OfStatefulSet;
import io.keyturn.restart.rollout.RolloutStatus.GaveUp;
import io.keyturn.restart.rollout.RolloutStatus.Healthy;
import io.keyturn.restart.rollout.RolloutStatus.LeftToOwner;
import io.keyturn.restart.rollout.RolloutStatus.Progressing;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Roll-outs as their status tells them. */
class RolloutStatusTest {
    @Test
    void aStatusOlderThanThePatchSaysNothing() {
        assertThat(RolloutStatus.of(new OfDeployment(4, 4, 2, 2, 2, 2, false), 5))
                .isEqualTo(new Progressing());
        assertThat(RolloutStatus.of(new OfDeployment(5, 4, 2, 2, 2, 2, false), 5))
                .isEqualTo(new Progressing());
        assertThat(RolloutStatus.of(new OfDeployment(5, 4, 2, 2, 0, 0, true), 5))
                .isEqualTo(new Progressing());
    }

    @Test
    void aDeploymentIsHealthyWhenAllPodsAreUpdatedAvailableAndNoOldOneIsLeft() {
        assertThat(deployment(2, 2, 2, 2, false)).isEqualTo(new Healthy());
        assertThat(deployment(2, 3, 2, 2, false)).isEqualTo(new Progressing());
        assertThat(deployment(2, 2, 1, 2, false)).isEqualTo(new Progressing());
        assertThat(deployment(2, 2, 2, 1, false)).isEqualTo(new Progressing());
        assertThat(deployment(0, 0, 0, 0, false)).isEqualTo(new Healthy());
    }

    @Test
    void aDeploymentThatExceededItsDeadlineGaveUp() {
        assertThat(deployment(2, 3, 1, 2, true)).isEqualTo(new GaveUp(RestartReason.PROGRESS_DEADLINE_EXCEEDED));
    }

    @Test
    void aStatefulSetIsHealthyWhenItsRevisionsMeet() {
        assertThat(statefulSet(3, 3, 3, "r2", "r2", 0, false)).isEqualTo(new Healthy());
        assertThat(statefulSet(3, 3, 3, "r1", "r2", 0, false)).isEqualTo(new Progressing());
        assertThat(statefulSet(3, 2, 3, "r2", "r2", 0, false)).isEqualTo(new Progressing());
        assertThat(statefulSet(3, 3, 2, "r2", "r2", 0, false)).isEqualTo(new Progressing());
    }

    @Test
    void aPartitionedStatefulSetIsLeftToItsOwnerOnceTheUpperPartIsUpdated() {
        assertThat(statefulSet(3, 1, 3, "r1", "r2", 2, false)).isEqualTo(new LeftToOwner());
        assertThat(statefulSet(3, 0, 3, "r1", "r2", 2, false)).isEqualTo(new Progressing());
        assertThat(statefulSet(3, 0, 3, "r1", "r2", 5, false)).isEqualTo(new LeftToOwner());
    }

    @Test
    void onDeleteLeavesThePodsToTheOwner() {
        assertThat(statefulSet(3, 0, 3, "r1", "r2", 0, true)).isEqualTo(new LeftToOwner());
        assertThat(RolloutStatus.of(new OfDaemonSet(5, 5, 3, 0, 3, true), 5)).isEqualTo(new LeftToOwner());
    }

    @Test
    void aDaemonSetIsHealthyWhenEveryNodeHasTheNewPodAvailable() {
        assertThat(RolloutStatus.of(new OfDaemonSet(5, 5, 3, 3, 3, false), 5)).isEqualTo(new Healthy());
        assertThat(RolloutStatus.of(new OfDaemonSet(5, 5, 3, 2, 3, false), 5)).isEqualTo(new Progressing());
        assertThat(RolloutStatus.of(new OfDaemonSet(5, 5, 3, 3, 2, false), 5)).isEqualTo(new Progressing());
    }

    private static RolloutStatus deployment(int desired, int replicas, int updated, int available, boolean gaveUp) {
        return RolloutStatus.of(new OfDeployment(5, 5, desired, replicas, updated, available, gaveUp), 5);
    }

    private static RolloutStatus statefulSet(
            int desired, int updated, int ready, String current, String update, int partition, boolean onDelete) {
        return RolloutStatus.of(
                new OfStatefulSet(5, 5, desired, desired, updated, ready, current, update, partition, onDelete), 5);
    }
}
