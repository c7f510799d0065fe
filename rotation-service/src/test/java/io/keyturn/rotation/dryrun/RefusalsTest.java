package io.keyturn.rotation.dryrun;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.consumer.Consumers.Reader;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalsTest {
    private final Refusals refusals = new Refusals();

    @Test
    void whateverIsNotDoneIsARefusalWithItsRemedyAndTheRestGoesOn() {
        assertThat(refusals.passed(Outcome.<Boolean>rejected(RotationReason.ROLE_MISSING)))
                .isEmpty();
        assertThat(refusals.passed(Outcome.<Boolean>unavailable(RotationReason.STORE_UNREACHABLE)))
                .isEmpty();
        assertThat(refusals.passed(Outcome.<Boolean>waiting(RotationReason.SESSIONS_STUCK)))
                .isEmpty();
        assertThat(refusals.passed(Outcome.done("value"))).contains("value");

        assertThat(refusals.all())
                .containsExactly(
                        refusal(RotationReason.ROLE_MISSING),
                        refusal(RotationReason.STORE_UNREACHABLE),
                        refusal(RotationReason.SESSIONS_STUCK));
    }

    @Test
    void theSameThingIsToldOnce() {
        refusals.add(RotationReason.NOTHING_TO_ADOPT);
        refusals.add(RotationReason.NOTHING_TO_ADOPT);

        assertThat(refusals.all()).hasSize(1);
    }

    @Test
    void publicationIsNamedByItsFieldWhereTheRemedyIsAboutIt() {
        refusals.look("spec.publish[0]", Outcome.done());
        refusals.look("spec.publish[1]", Outcome.rejected(RotationReason.PUBLICATION_OWNED));
        refusals.look("spec.publish[2]", Outcome.rejected(RotationReason.PUBLICATION_OWNED));
        refusals.look("spec.publish[3]", Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE));

        assertThat(refusals.all())
                .extracting(Refusal::detail)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("spec.publish[1]: another controller owns that Secret"),
                        second -> assertThat(second).startsWith("spec.publish[2]: another controller owns that Secret"),
                        third -> assertThat(third).isEqualTo(RotationReason.KUBERNETES_UNREACHABLE.remedy()));
    }

    @Test
    void faultKeepsItsFieldAndFix() {
        refusals.add(new Fault("spec.store.vault.path", "begin with the namespace"));

        assertThat(refusals.all())
                .containsExactly(new Refusal("INVALID_SPEC", "spec.store.vault.path: begin with the namespace"));
    }

    @Test
    void readerThatOptedOutIsNamed() {
        refusals.addOptedOut(new Reader("deployment/orders-api", true));

        assertThat(refusals.all()).singleElement().satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo("CONSUMER_OPTED_OUT");
            assertThat(refusal.detail()).startsWith("deployment/orders-api: keyturn.io/restart: ");
        });
    }

    private static Refusal refusal(RotationReason reason) {
        return new Refusal(reason.name(), reason.remedy());
    }
}
