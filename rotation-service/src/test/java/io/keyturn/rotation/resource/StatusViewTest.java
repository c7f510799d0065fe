package io.keyturn.rotation.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationStatus;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.rotation.persistence.History;
import io.keyturn.rotation.persistence.History.Entry;
import io.keyturn.rotation.resource.StatusView.Standing;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StatusViewTest {
    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant BEFORE = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final History NOTHING_YET = new History(null, null, null, null, null);

    private final Problem problem = new Problem(RotationReason.INVALID_SPEC, "spec.target: name exactly one target");

    @Test
    void problemThatLastsKeepsTheTimeItWasFirstSaid() {
        var last = status(condition("Ready", "INVALID_SPEC", BEFORE));

        assertThat(ready(problem, last).lastTransitionTime()).isEqualTo(BEFORE);
    }

    @Test
    void timeOfAnotherConditionWithTheSameReasonIsNotReadys() {
        var last = status(condition("Adopted", "INVALID_SPEC", LONG_AGO), condition("Ready", "Pending", BEFORE));

        assertThat(ready(problem, last).lastTransitionTime()).isEqualTo(NOW);
    }

    @Test
    void bothConditionsWithTheSameReasonKeepTheirOwnTimes() {
        var last = status(condition("Adopted", "INVALID_SPEC", LONG_AGO), condition("Ready", "INVALID_SPEC", BEFORE));

        assertThat(ready(problem, last).lastTransitionTime()).isEqualTo(BEFORE);
    }

    @Test
    void anotherProblemBeginsNow() {
        var last = status(condition("Ready", "CREDENTIAL_TAKEN", BEFORE));

        assertThat(ready(problem, last).lastTransitionTime()).isEqualTo(NOW);
    }

    @Test
    void firstProblemBeginsNowToTheSecond() {
        assertThat(ready(problem, null).lastTransitionTime()).isEqualTo(NOW);
        assertThat(ready(problem, status(condition("Ready", "INVALID_SPEC", null)))
                        .lastTransitionTime())
                .isEqualTo(NOW);
    }

    @Test
    void waitingForAnApprovalSaysUntilWhen() {
        var approved = notBegun(new RotationState.AwaitingApproval(), BEFORE.plusMillis(123), false)
                .condition("Approved")
                .orElseThrow();

        assertThat(approved.message())
                .startsWith(
                        "Run r7 waits for an approval until 2026-02-04T00:00:00Z: annotate with keyturn.io/approve=r7 or");
        assertThat(approved.status() + " " + approved.reason()).isEqualTo("False AwaitingApproval");
    }

    @Test
    void runThatWaitsWhileItIsSuspendedSaysSoAndIsNotWrittenAgainAndAgain() {
        for (var state : List.of(new RotationState.Requested(Purpose.ROTATE), new RotationState.AwaitingApproval())) {
            var status = notBegun(state, BEFORE, true);

            assertThat(status.condition("Begun"))
                    .hasValueSatisfying(
                            begun -> assertThat(begun.status() + " " + begun.reason() + ": " + begun.message())
                                    .isEqualTo(
                                            "False Suspended: Run r7 (SCHEDULED) waits until spec.suspend is false; it can be stopped with keyturn.io/abort=r7"));
            assertThat(notBegun(state, BEFORE.plusSeconds(10), true))
                    .as("the state begins anew all the while")
                    .isEqualTo(status);
        }
    }

    @Test
    void runThatHasBegunIsNotHeldByASuspension() {
        var change = new Change("a", "b", true, Overlap.BOTH_VALID, 3);

        assertThat(notBegun(new RotationState.Generated(change), BEFORE, true).condition("Begun"))
                .isEmpty();
    }

    private static SecretRotationStatus notBegun(RotationState state, Instant since, boolean suspended) {
        var active = new Entry("r7", "SCHEDULED", state, since, 0, NOW, LONG_AGO, null, null, null);
        return StatusView.of(
                new History(active, null, null, null, null),
                Standing.of(3L, suspended, null, null, NOW),
                Duration.ofHours(72));
    }

    private static Condition ready(Problem problem, @Nullable SecretRotationStatus last) {
        var standing = Standing.of(3L, false, problem, last, NOW.plusMillis(321));
        return StatusView.of(NOTHING_YET, standing, Duration.ofHours(72))
                .condition("Ready")
                .orElseThrow();
    }

    private static Condition condition(String type, String reason, @Nullable Instant since) {
        return new Condition(type, "False", reason, "because", since, null);
    }

    private static SecretRotationStatus status(Condition... conditions) {
        return new SecretRotationStatus("Pending", List.of(conditions), null, null, null, null, null, null, null);
    }
}
