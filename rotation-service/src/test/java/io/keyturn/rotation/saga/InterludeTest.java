package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;

import io.keyturn.contract.event.RotationApprovalDecided;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPaused;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSteered;
import io.keyturn.contract.event.Steering;
import io.keyturn.contract.event.Verdict;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Tested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs that wait for people. */
class InterludeTest {
    private static final ActorName ANNA = new ActorName("anna");
    private static final Input ABORTED = new Input.Aborted(ANNA);

    @Test
    void approvedRunBeginsAndIsNotAskedAboutAgain() {
        var decision = RotationSaga.decide(new AwaitingApproval(), new Input.Approved(ANNA), soon(false));

        assertThat(decision.next()).isEqualTo(new Requested(Purpose.ROTATE, ANNA));
        assertThat(decision.delay()).isZero();
        assertThat(decision.facts())
                .containsExactly(
                        new RotationApprovalDecided(Sagas.RUN, soon(false).now(), ANNA, Verdict.APPROVED));
        assertThat(RotationSaga.command(decision.next())).isEqualTo(new Command.Prepare());
    }

    @Test
    void refusalIsOnRecordWithItsNameAndEndsTheRun() {
        var decision = RotationSaga.decide(new AwaitingApproval(), new Input.Refused(ANNA), soon(false));

        assertThat(decision.next()).isEqualTo(new Failed(RotationReason.APPROVAL_REFUSED));
        var now = soon(false).now();
        assertThat(decision.facts())
                .containsExactly(
                        new RotationApprovalDecided(Sagas.RUN, now, ANNA, Verdict.REFUSED),
                        new RotationFailed(Sagas.RUN, now, RotationReason.APPROVAL_REFUSED));
    }

    @Test
    void approvalExpires() {
        var nobody = new Input.Waiting(RotationReason.APPROVAL_PENDING);
        var limit = Sagas.LIMITS.approval();

        assertThat(RotationSaga.decide(new AwaitingApproval(), nobody, after(limit, false))
                        .again())
                .isTrue();
        assertThat(RotationSaga.decide(new AwaitingApproval(), nobody, after(limit.plusSeconds(1), false))
                        .next())
                .isEqualTo(new Failed(RotationReason.APPROVAL_EXPIRED));
    }

    /** It could not begin meanwhile, whoever says so. */
    @Test
    void approvalDoesNotExpireWhileTheSecretRotationIsSuspended() {
        var late = after(Sagas.LIMITS.approval().plusSeconds(1), false);

        var decision = RotationSaga.decide(new AwaitingApproval(), new Input.Suspended(), late);

        assertThat(decision.next()).isEqualTo(new AwaitingApproval());
        assertThat(decision.facts()).isEmpty();
        assertThat(decision.again()).as("its time begins anew").isFalse();
        assertThat(decision.delay()).isEqualTo(Interlude.LISTEN);
    }

    @Test
    void policyThatPausesKeepsARunWhereItStandsInsteadOfTurningBack() {
        var tested = new Tested(Sagas.change(Overlap.SWITCHED), Sagas.START);
        var refused = new Input.Rejected(RotationReason.STORE_REFUSED);

        assertThat(RotationSaga.decide(tested, refused, soon(false)).next()).isInstanceOf(Compensating.class);
        var decision = RotationSaga.decide(tested, refused, soon(true));

        assertThat(decision.next()).isEqualTo(new Paused(tested, RotationReason.STORE_REFUSED));
        assertThat(decision.facts())
                .containsExactly(new RotationPaused(Sagas.RUN, soon(true).now(), RotationReason.STORE_REFUSED));
        var resumed = RotationSaga.decide(decision.next(), new Input.Resumed(ANNA), soon(true));
        assertThat(resumed.next()).isEqualTo(tested);
        assertThat(resumed.facts())
                .containsExactly(new RotationSteered(Sagas.RUN, soon(true).now(), ANNA, Steering.RESUMED));
    }

    @Test
    void abortedRunTurnsBackWherePoliciesPauseAndFromAPauseToo() {
        var tested = new Tested(Sagas.change(Overlap.SWITCHED), Sagas.START);
        var back = RotationSaga.decide(tested, ABORTED, soon(true));

        assertThat(back.next())
                .isInstanceOfSatisfying(
                        Compensating.class, c -> assertThat(c.reason()).isEqualTo(RotationReason.ABORTED));
        assertThat(back.facts())
                .containsExactly(new RotationSteered(Sagas.RUN, soon(true).now(), ANNA, Steering.ABORTED));
        assertThat(RotationSaga.decide(new Paused(tested, Sagas.WHY), ABORTED, soon(true)))
                .isEqualTo(back);
    }

    @Test
    void pausedRunThatKeepsAnEmergencyWaitingGoesBackForWhatItPausedFor() {
        var tested = new Tested(Sagas.change(Overlap.SWITCHED), Sagas.START);
        var refused = new Input.Rejected(RotationReason.STORE_REFUSED);
        var paused = RotationSaga.decide(tested, refused, soon(true)).next();

        assertThat(RotationSaga.decide(paused, new Input.Hastened(), soon(true)))
                .isEqualTo(RotationSaga.decide(tested, refused, soon(false)));
    }

    @Test
    void pausedRunWhoseSecretRotationIsGoneGoesBackAndOneThatCannotBeReadStays() {
        var paused = new Paused(new Tested(Sagas.change(Overlap.SWITCHED), Sagas.START), Sagas.WHY);

        assertThat(RotationSaga.decide(paused, new Input.Rejected(RotationReason.DELETED), soon(true))
                        .next())
                .isInstanceOf(Compensating.class);
        assertThat(RotationSaga.decide(paused, new Input.Rejected(RotationReason.INVALID_SPEC), soon(true))
                        .again())
                .isTrue();
    }

    @Test
    void runThatIsSuspendedAfterItsApprovalIsAskedAboutAgain() {
        var decision = RotationSaga.decide(new Requested(Purpose.ROTATE, ANNA), new Input.Suspended(), soon(false));

        assertThat(decision.next()).isEqualTo(new Requested(Purpose.ROTATE));
    }

    /** Else it would be too late again at once. */
    @Test
    void readersGetTheirWholeTimeAgainAfterAPause() {
        var waiting = new AwaitingConsumers(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, Sagas.published(1));
        var stuck = new Input.Waiting(RotationReason.SESSIONS_STUCK);
        var late = after(Sagas.LIMITS.consumers().plusSeconds(1), true);
        var paused = RotationSaga.decide(waiting, stuck, late).next();
        assertThat(paused).isInstanceOf(Paused.class);

        var resumed = RotationSaga.decide(paused, new Input.Resumed(ANNA), late).next();

        assertThat(RotationSaga.decide(resumed, stuck, late).again()).isTrue();
        // Also once the publication is stamped again.
        var later = after(Sagas.LIMITS.consumers().multipliedBy(2).minusMinutes(1), true);
        var again = RotationSaga.decide(resumed, new Input.Waiting(RotationReason.CONSUMERS_STUCK), later)
                .next();
        var stamped = RotationSaga.decide(
                        again, new Input.Written(Sagas.published(1).copies()), later)
                .next();
        assertThat(RotationSaga.decide(stamped, stuck, later).again()).isTrue();
    }

    /** Readers of the first of two Secrets have waited through the pause as well. */
    @Test
    void readersGetTheirWholeTimeAgainWhereARunWasPausedWhileItPublished() {
        var late = after(Sagas.LIMITS.consumers().plusSeconds(1), true);
        var half = new Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 1, Sagas.published(1));
        var paused = RotationSaga.decide(half, new Input.Rejected(RotationReason.PUBLICATION_REFUSED), late)
                .next();
        assertThat(paused).isInstanceOf(Paused.class);

        var resumed = RotationSaga.decide(paused, new Input.Resumed(ANNA), late).next();
        var rest = new Input.Written(List.of(Sagas.copy("copied", late.now())));
        var published = RotationSaga.decide(resumed, rest, late).next();

        assertThat(published).isInstanceOf(AwaitingConsumers.class);
        assertThat(RotationSaga.decide(published, new Input.Waiting(RotationReason.SESSIONS_STUCK), late)
                        .again())
                .isTrue();
    }

    private static Situation soon(boolean pauses) {
        return after(Duration.ofSeconds(2), pauses);
    }

    private static Situation after(Duration passed, boolean pauses) {
        var usual = Sagas.LIMITS;
        var limits = new Situation.Limits(
                usual.step(),
                usual.target(),
                usual.consumers(),
                usual.grace(),
                usual.approval(),
                usual.draws(),
                pauses);
        return new Situation(Sagas.RUN, Sagas.START.plus(passed), Sagas.START, 50, limits);
    }
}
