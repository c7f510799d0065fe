package io.keyturn.rotation.target;

import java.time.Duration;
import java.time.Instant;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.saga.Overlap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What every target must satisfy, on its real server, whether it takes our values or issues its own (then by
 * {@link IssuingTargetConformance}). A subclass says how to look at the server without the target's help.
 */
@SuppressWarnings("NullAway.Init") // set before each test
public abstract class TargetConformance {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    Target target;
    Credential live;
    private @Nullable Credential next;

    /** A target whose live credential works, fresh for each test. */
    protected abstract Target openTarget();

    /** The credential in force before anything is done. */
    protected abstract Credential liveCredential();

    /** Whether the server accepts this login, asked without the target. */
    protected abstract boolean accepts(Credential credential);

    /** Logs in and stays. */
    protected abstract AutoCloseable session(Credential credential) throws Exception;

    /** How often credentials were changed at the server so far. */
    protected abstract long changes();

    /** Everything the server has logged so far. */
    protected abstract String log();

    @BeforeEach
    void open() {
        target = openTarget();
        assertThat(target instanceof IssuingTarget).isEqualTo(this instanceof IssuingTargetConformance);
        live = liveCredential();
        if (target instanceof TakingTarget) {
            next = following(live);
        }
    }

    /** The credential after this one. One that is issued is there from now on, beside the live one. */
    private Credential following(Credential live) {
        return switch (target) {
            case TakingTarget taking ->
                credential(taking.successorOf(live.principal()), "next-value-" + System.nanoTime());
            case IssuingTarget issuing -> issue(issuing, new RotationId("r" + System.nanoTime()), live);
        };
    }

    static Credential issue(IssuingTarget target, RotationId run, Credential live) {
        var issued = target.issue(run, live);
        assertDone(issued);
        return ((Outcome.Done<Credential>) issued).value();
    }

    private Credential next() {
        if (next == null) {
            next = following(live);
        }
        return next;
    }

    @AfterEach
    void close() {
        target.close();
        live.close();
        if (next != null) {
            next.close();
            next = null;
        }
    }

    @Test
    void inspectionAcceptsWhatWorksAndChangesNothing() {
        long before = changes();

        assertDone(target.inspect(live));
        assertDone(target.successorIsFree(live));
        assertThat(target.survey(live)).isNotEmpty().allSatisfy(TargetConformance::assertDone);

        assertThat(changes()).isEqualTo(before);
        assertThat(accepts(live)).isTrue();
        if (target instanceof TakingTarget) {
            assertThat(accepts(next())).isFalse();
        }
    }

    @Test
    void inspectionRefusesALiveCredentialThatDoesNotLogIn() {
        try (var wrong = credential(live.principal(), "wrong")) {
            assertThat(target.inspect(wrong)).isEqualTo(Outcome.rejected(RotationReason.CURRENT_REFUSED));
            assertThat(target.survey(wrong)).contains(Outcome.rejected(RotationReason.CURRENT_REFUSED));
        }
    }

    @Test
    void appliedCredentialIsAcceptedAndTheOldOneAsLongAsPromised() {
        assertDone(target.apply(next()));

        assertThat(accepts(next())).isTrue();
        assertThat(accepts(live)).isEqualTo(target.overlap() == Overlap.BOTH_VALID);
    }

    @Test
    void secondApplyDoesNotAct() {
        assertDone(target.apply(next()));
        long before = changes();

        assertDone(target.apply(next()));

        assertThat(changes()).isEqualTo(before);
    }

    @Test
    void introducedCredentialIsAcceptedLikeAnAppliedOne() {
        assertDone(target instanceof TakingTarget taking ? taking.introduce(next()) : target.apply(next()));

        assertThat(accepts(next())).isTrue();
        assertThat(accepts(live)).isEqualTo(target.overlap() == Overlap.BOTH_VALID);
    }

    @Test
    void testAcceptsTheRightAndRefusesTheWrong() {
        assertDone(target.apply(next()));

        assertDone(target.test(next()));
        try (var wrong = credential(next().principal(), "wrong")) {
            assertThat(target.test(wrong)).isEqualTo(Outcome.rejected(RotationReason.TEST_FAILED));
        }
    }

    @Test
    void oldCredentialIsInUseWhileASessionOfItIsOpen() throws Exception {
        try (var _ = session(live)) {
            assertDone(target.apply(next()));
            var applied = Instant.now();

            assertThat(target.unused(live, applied)).isEqualTo(Outcome.waiting(RotationReason.SESSIONS_STUCK));
            try (var _ = session(next())) {
                assertThat(target.unused(live, applied)).isEqualTo(Outcome.waiting(RotationReason.SESSIONS_STUCK));
            }
        }
        var applied = Instant.now();
        await().atMost(PATIENCE).untilAsserted(() -> assertDone(target.unused(live, applied)));
    }

    @Test
    void sessionsOfTheNewCredentialAreNotThoseOfTheOld() throws Exception {
        assertDone(target.apply(next()));
        var applied = Instant.now();
        try (var _ = session(next())) {
            await().atMost(PATIENCE).untilAsserted(() -> assertDone(target.unused(live, applied)));
        }
    }

    @Test
    void successorInUseIsSeenBeforeItIsChanged() throws Exception {
        boolean another = target instanceof TakingTarget taking
                && !taking.successorOf(live.principal()).equals(live.principal());
        if (!another) {
            assertDone(target.successorIsFree(live));
            return;
        }
        assertDone(target.apply(next()));
        try (var _ = session(next())) {
            assertThat(target.successorIsFree(live)).isEqualTo(Outcome.waiting(RotationReason.SESSIONS_STUCK));
        }
    }

    @Test
    void retirementIsProvenByARefusalAndCanBeRepeated() {
        assertDone(target.apply(next()));

        for (int i = 0; i < 2; i++) {
            assertThat(target.retire(live, Instant.now(), false))
                    .isEqualTo(Outcome.done(RetirementProof.LOGIN_REFUSED));
            assertThat(accepts(live)).isFalse();
            assertThat(accepts(next())).isTrue();
        }
    }

    @Test
    void wayBackLeavesThePreviousCredentialOnlyAndCanBeRepeated() {
        assertDone(target.apply(next()));

        for (int i = 0; i < 2; i++) {
            assertDone(target.revert(next(), live));
            assertThat(accepts(live)).isTrue();
            assertThat(accepts(next())).isFalse();
        }
    }

    @Test
    void wayBackLeavesWhatAPersonHasSetMeanwhile() {
        assertDone(target.apply(next()));
        if (target instanceof TakingTarget taking) {
            try (var byHand = credential(next().principal(), "by hand")) {
                assertDone(taking.introduce(byHand));

                assertDone(target.revert(next(), byHand));

                assertThat(accepts(byHand)).isTrue();
            }
        }
    }

    @Test
    void wayBackFromWhatWasNeverAppliedHurtsNobody() {
        assertDone(target.revert(next(), live));

        assertThat(accepts(live)).isTrue();
    }

    @Test
    void credentialCanBeUsedAgainAfterItsRetirement() {
        assertDone(target.apply(next()));
        assertDone(target.retire(live, Instant.now(), false));

        try (var third = following(next())) {
            assertDone(target.inspect(next()));
            assertDone(target.apply(third));
            assertThat(accepts(third)).isTrue();
        }
    }

    @Test
    void serverLogHoldsNoSecretAndNothingToTestGuessesAgainst() {
        assertDone(target.apply(next()));
        assertDone(target.retire(live, Instant.now(), true));
        assertDone(target.revert(next(), live));

        assertThat(log())
                .contains(live.principal())
                .doesNotContain(text(next()))
                .doesNotContain(text(live))
                .doesNotContain("SCRAM-SHA-256$");
    }

    protected static Credential credential(String principal, String secret) {
        return new Credential(principal, SecretValue.copyOf(secret));
    }

    private static String text(Credential credential) {
        return credential.secret().useString(text -> text);
    }

    protected static void assertDone(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
}
