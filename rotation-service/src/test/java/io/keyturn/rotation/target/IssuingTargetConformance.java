package io.keyturn.rotation.target;

import io.keyturn.contract.reference.RotationId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a target that issues its credentials must satisfy beside what every target must. */
public abstract class IssuingTargetConformance extends TargetConformance {
    private final RotationId run = new RotationId("r" + System.nanoTime());

    @Override
    protected abstract IssuingTarget openTarget();

    private IssuingTarget issuing() {
        return (IssuingTarget) target;
    }

    @Test
    void issueThatIsRepeatedLeavesOneCredentialBesideTheLiveOne() {
        try (var lost = issue(issuing(), run, live);
                var kept = issue(issuing(), run, live)) {
            assertThat(accepts(live)).isTrue();
            assertThat(accepts(kept)).isTrue();
            assertThat(accepts(lost)).isEqualTo(lost.sameAs(kept));
        }
    }

    @Test
    void whatWasIssuedAndNotKeptIsWithdrawn() {
        assertDone(issuing().withdraw(run, live));
        try (var lost = issue(issuing(), run, live)) {
            for (int i = 0; i < 2; i++) {
                assertDone(issuing().withdraw(run, live));
                assertThat(accepts(lost)).isFalse();
                assertThat(accepts(live)).isTrue();
            }
        }
    }
}
