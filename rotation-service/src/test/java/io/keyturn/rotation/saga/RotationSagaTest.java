package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RotationApplied;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationGenerated;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.RotationSwept;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.saga.Published.Copy;
import io.keyturn.testbed.page.Proves;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

class RotationSagaTest {
    private static final Input REFUSED = new Input.Rejected(RotationReason.TARGET_REFUSED);
    private static final Situation AT_ONCE = Sagas.after(Duration.ofSeconds(1));

    /** Above all, the old value is taken away from nowhere but ConsumersMoved, unless somebody else knows it ({@link CompromiseTest}). */
    @ParameterizedTest
    @EnumSource(Overlap.class)
    void eachStateWaitsForItsOwnCommandAndFinishedOnesForNone(Overlap overlap) {
        var states = Sagas.states(overlap);
        var change = Sagas.change(overlap);

        assertThat(states)
                .extracting(state -> (Object) state.getClass())
                .as("no kind of state is left out")
                .containsOnly((Object[]) RotationState.class.getPermittedSubclasses());
        assertThat(states)
                .extracting(RotationSaga::command)
                .containsExactly(
                        new Command.Prepare(),
                        new Command.Adopt(),
                        new Command.Apply(change),
                        new Command.Test(change),
                        new Command.Promote(change),
                        new Command.Publish(change, 1),
                        new Command.LookAtConsumers(change, Sagas.START, Sagas.published(1)),
                        new Command.Retire(change, Sagas.START),
                        new Command.Finish(change, List.of()),
                        new Command.Undo(UndoStep.RESTORE_STORE, change, true, 1, null, null),
                        null,
                        null,
                        null,
                        new Command.Listen(),
                        new Command.Listen(),
                        new Command.Listen(),
                        new Command.Repair(),
                        new Command.Apply(change),
                        new Command.Redraw(change, 1),
                        new Command.Finish(change, List.of(new RotationId("r0"))));
    }

    @Test
    void stepForwardThatKeepsFailingTurnsBackAtItsDeadlineAndNotBefore() {
        for (var state : Sagas.states(Overlap.BOTH_VALID).subList(2, 6)) {
            assertTurnsBackAfter(Duration.ofMinutes(1), state, new Input.Unavailable(Sagas.WHY));
        }
        for (var state : Sagas.states(Overlap.BOTH_VALID).subList(3, 5)) {
            assertTurnsBackAfter(Duration.ofMinutes(1), state, new Input.Waiting(Sagas.WHY));
        }
    }

    @Test
    void targetMayMakeARunWaitForAsLongAsItSaid() {
        assertTurnsBackAfter(
                Sagas.LIMITS.target(), new RotationState.Generated(Sagas.unissued()), new Input.Waiting(Sagas.WHY));
    }

    @Test
    void publicationOnItsWayIsWaitedForAsLongAsReadersWouldBe() {
        assertTurnsBackAfter(Sagas.LIMITS.consumers(), promoted(null), new Input.Waiting(Sagas.WHY));
        var partly =
                new Input.PartlyWritten(List.of(Sagas.copy("orders-db", Sagas.START)), new Input.Waiting(Sagas.WHY));
        assertTurnsBackAfter(Sagas.LIMITS.consumers(), promoted(Sagas.published(1)), partly);
    }

    private static void assertTurnsBackAfter(Duration limit, RotationState state, Input trouble) {
        assertThat(RotationSaga.decide(state, trouble, Sagas.after(limit)).again())
                .isTrue();
        assertThat(RotationSaga.decide(state, trouble, Sagas.after(limit.plusSeconds(1)))
                        .next())
                .isInstanceOfSatisfying(
                        RotationState.Compensating.class,
                        back -> assertThat(back.reason()).isEqualTo(Sagas.WHY));
    }

    @Test
    void refusedValueIsReplacedTwiceThenTheRunTurnsBack() {
        var change = Sagas.change(Overlap.SWITCHED);
        RotationState state = new RotationState.Generated(change);
        for (int draw = 1; draw < 3; draw++) {
            state = next(state, REFUSED);
            assertThat(state).isEqualTo(new RotationState.ValueRefused(change, draw));
            var redrawn = RotationSaga.decide(state, new Input.Done(), AT_ONCE);
            assertThat(redrawn.facts())
                    .containsExactly(new RotationGenerated(Sagas.RUN, AT_ONCE.now(), new PrincipalName("b"), draw + 1));
            state = redrawn.next();
        }
        assertThat(RotationSaga.decide(state, new Input.Applied("b", false), AT_ONCE)
                        .facts())
                .as("the value that was taken at last")
                .containsExactly(new RotationApplied(Sagas.RUN, AT_ONCE.now(), new PrincipalName("b"), 3));
        assertThat(next(state, REFUSED))
                .isInstanceOfSatisfying(
                        RotationState.Compensating.class,
                        back -> assertThat(back.reason()).isEqualTo(RotationReason.TARGET_REFUSED));
    }

    @Test
    void onlyARefusedValueOfOursIsReplaced() {
        for (var reason : RotationReason.values()) {
            assertThat(
                            next(
                                            new RotationState.Generated(Sagas.change(Overlap.SWITCHED)),
                                            new Input.Rejected(reason))
                                    instanceof RotationState.ValueRefused)
                    .as(reason.name())
                    .isEqualTo(reason == RotationReason.TARGET_REFUSED);
        }
        assertThat(next(new RotationState.Generated(Sagas.unissued()), REFUSED))
                .isInstanceOf(RotationState.Compensating.class);
    }

    /** Everything is done but to take the old value away: for that there is time. */
    @Test
    void refusalToRetireIsTriedAgainForAsLongAsAStep() {
        var moved = new RotationState.ConsumersMoved(Sagas.change(Overlap.BOTH_VALID), Sagas.START, Sagas.START, 4);
        var refused = new Input.Rejected(RotationReason.PUBLICATION_REFUSED);
        var limit = Sagas.LIMITS.grace().plus(Sagas.LIMITS.step());

        assertThat(RotationSaga.decide(moved, refused, Sagas.after(limit)).again())
                .isTrue();
        assertThat(RotationSaga.decide(moved, refused, Sagas.after(limit.plusSeconds(1)))
                        .next())
                .isEqualTo(new RotationState.Failed(RotationReason.PUBLICATION_REFUSED));
    }

    /** An emergency has ended the grace period: the time that has passed of it is none in which anything was tried. */
    @Test
    void refusalToRetireIsTriedAgainForAsLongAfterAGracePeriodThatWasCutShort() {
        var moved = new RotationState.ConsumersMoved(Sagas.change(Overlap.BOTH_VALID), Sagas.START, Sagas.START, 4);
        var refused = new Input.Rejected(RotationReason.PUBLICATION_REFUSED);

        assertThat(RotationSaga.decide(moved, refused, withoutGrace(0)).again()).isTrue();
        assertThat(RotationSaga.decide(moved, refused, withoutGrace(20)).next())
                .isEqualTo(new RotationState.Failed(RotationReason.PUBLICATION_REFUSED));
    }

    private static Situation withoutGrace(int tries) {
        var usual = Sagas.LIMITS;
        var limits = new Situation.Limits(
                usual.step(), usual.target(), usual.consumers(), Duration.ZERO, usual.approval(), usual.draws(), false);
        return new Situation(Sagas.RUN, Sagas.START.plus(Duration.ofHours(2)), Sagas.START, tries, limits);
    }

    @Test
    void whatEarlierRunsLeftBehindIsOnRecordBeforeItIsDeleted() {
        var retired = new RotationState.Retired(Sagas.change(Overlap.SWITCHED), Sagas.START, Sagas.START, 4);
        var runs = List.of(new RotationId("r7"), new RotationId("r8"));

        var found = RotationSaga.decide(retired, new Input.LeftBehind(runs), AT_ONCE);

        assertThat(found.facts()).containsExactly(new RotationSwept(Sagas.RUN, AT_ONCE.now(), runs));
        assertThat(RotationSaga.command(found.next())).isEqualTo(new Command.Finish(retired.change(), runs));
        assertThat(next(found.next(), new Input.Done())).isInstanceOf(RotationState.Succeeded.class);
    }

    private static RotationState next(RotationState state, Input input) {
        return RotationSaga.decide(state, input, AT_ONCE).next();
    }

    @Test
    void credentialThatTheTargetIssuesIsNamedOnceItIsKept() {
        var prepared = RotationSaga.decide(
                new RotationState.Requested(Purpose.ROTATE),
                new Input.Prepared(Sagas.unissued()),
                Sagas.after(Duration.ofSeconds(1)));
        assertThat(prepared.next()).isEqualTo(new RotationState.Generated(Sagas.unissued()));
        assertThat(prepared.facts()).as("there is no value yet").isEmpty();

        var applied = RotationSaga.decide(
                prepared.next(), new Input.Applied("AKIA7", false), Sagas.after(Duration.ofSeconds(2)));
        assertThat(applied.next())
                .isInstanceOfSatisfying(
                        RotationState.Applied.class,
                        state -> assertThat(state.change().to()).isEqualTo("AKIA7"));
        assertThat(applied.facts())
                .singleElement()
                .isInstanceOfSatisfying(
                        RotationApplied.class,
                        fact -> assertThat(fact.principal().value()).isEqualTo("AKIA7"));
    }

    /** Else whoever moved while another publication was on its way would count as stale, and block the run. */
    @Test
    void eachSecretKeepsTheTimeOfItsOwnFirstWrite() {
        var early = Sagas.copy("orders-db", Sagas.START, "racer");
        var partly = RotationSaga.decide(
                promoted(null),
                new Input.PartlyWritten(List.of(early), new Input.Waiting(Sagas.WHY)),
                Sagas.after(Duration.ofSeconds(1)));
        var late = Sagas.copy("copied", Sagas.START.plusSeconds(90));
        var seenAgain = Sagas.copy("orders-db", Sagas.START, "mover");

        var all = (RotationState.AwaitingConsumers) RotationSaga.decide(
                        partly.next(), new Input.Written(List.of(seenAgain, late)), Sagas.after(Duration.ofSeconds(95)))
                .next();

        assertThat(all.published().copies()).containsExactly(early, late);
        assertThat(all.published().at()).isEqualTo(late.at());
    }

    @Test
    void wayBackRestoresWhatWasPartlyPublished() {
        var partly = promoted(Published.of(1, List.of(Sagas.copy("orders-db", Sagas.START))));

        var back = (RotationState.Compensating)
                RotationSaga.decide(partly, new Input.Rejected(Sagas.WHY), Sagas.after(Duration.ofSeconds(9)))
                        .next();

        assertThat(back.remaining()).contains(UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS);
        assertThat(requireNonNull(back.failed()).copy(ObjectRef.secret("shop", "orders-db")))
                .isEqualTo(Sagas.copy("orders-db", Sagas.START));
        assertThat(requireNonNull(back.failed())
                        .copy(ObjectRef.secret("shop", "copied"))
                        .at())
                .as("may have been written since the target knew it")
                .isBefore(Sagas.START);
    }

    private static RotationState.Promoted promoted(@Nullable Published first) {
        return new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 1, first);
    }

    @Test
    void requestThatCannotBeginFailsWithNothingToUndo() {
        var decision = RotationSaga.decide(
                new RotationState.Requested(Purpose.ROTATE),
                new Input.Unavailable(Sagas.WHY),
                tried(20, Duration.ofSeconds(61)));

        assertThat(decision.next()).isEqualTo(new RotationState.Failed(Sagas.WHY));
    }

    /** Else the first hiccup would end what waited behind a long run, an emergency too. */
    @ParameterizedTest
    @EnumSource(Purpose.class)
    void requestThatWaitedItsTurnIsTriedForAsLongAsAnyOther(Purpose purpose) {
        var requested = new RotationState.Requested(purpose);
        for (var trouble : List.of(new Input.Unavailable(Sagas.WHY), new Input.Waiting(Sagas.WHY))) {
            // 0.5 + 1 + 2 + 4 + 8 + 15 + 15 s of pauses are not a minute yet, with another 15 s they are.
            assertThat(RotationSaga.decide(requested, trouble, tried(6, Duration.ofHours(2)))
                            .again())
                    .isTrue();
            assertThat(RotationSaga.decide(requested, trouble, tried(20, Duration.ofHours(2)))
                            .next())
                    .isEqualTo(new RotationState.Failed(Sagas.WHY));
        }
    }

    @Test
    void repairTellsWhetherTheTargetWasChangedAndNeverOfStoreOrPublications() {
        var requested = new RotationState.Requested(Purpose.REPAIR);

        var changed =
                RotationSaga.decide(requested, new Input.Repaired("a", 7, true), Sagas.after(Duration.ofSeconds(1)));
        var found =
                RotationSaga.decide(requested, new Input.Repaired("a", 7, false), Sagas.after(Duration.ofSeconds(1)));

        assertThat(RotationSaga.command(requested)).isEqualTo(new Command.Repair());
        assertThat(changed.next()).isEqualTo(found.next()).isEqualTo(new RotationState.Succeeded("a", 7));
        assertThat(changed.facts())
                .extracting(fact -> fact.getClass().getSimpleName())
                .containsExactly("RotationApplied", "RotationTested", "RotationSucceeded");
        assertThat(found.facts())
                .extracting(fact -> fact.getClass().getSimpleName())
                .containsExactly("RotationTested", "RotationSucceeded");
    }

    @Test
    void timeInWhichARequestIsSuspendedDoesNotCount() {
        var requested = new RotationState.Requested(Purpose.ROTATE);

        var decision = RotationSaga.decide(requested, new Input.Suspended(), tried(20, Duration.ofHours(2)));

        assertThat(decision.next()).isEqualTo(requested);
        assertThat(decision.again()).as("its time goes on").isFalse();
        assertThat(decision.delay()).isEqualTo(Duration.ofSeconds(10));
        assertThat(decision.facts()).isEmpty();
    }

    private static Situation tried(int tries, Duration passed) {
        return new Situation(Sagas.RUN, Sagas.START.plus(passed), Sagas.START, tries, Sagas.LIMITS);
    }

    @Test
    void publicationIsStampedAgainOnceAtHalfTheDeadline() {
        var waiting = new Input.Waiting(RotationReason.CONSUMERS_STUCK);
        var first = awaiting(1);

        assertThat(RotationSaga.decide(first, waiting, Sagas.after(Duration.ofMinutes(5)))
                        .again())
                .isTrue();
        var again = RotationSaga.decide(first, waiting, Sagas.after(Duration.ofSeconds(301)));
        assertThat(again.next())
                .isEqualTo(new RotationState.Promoted(first.change(), Sagas.START, 4, 2, first.published()));
        assertThat(RotationSaga.decide(awaiting(2), waiting, Sagas.after(Duration.ofMinutes(9)))
                        .again())
                .isTrue();
    }

    @Test
    void stampingAgainWouldNotMendAFailingCheck() {
        var failing = new Input.Waiting(RotationReason.VERIFY_FAILED);

        assertThat(RotationSaga.decide(awaiting(1), failing, Sagas.after(Duration.ofSeconds(301)))
                        .again())
                .isTrue();
    }

    /** Else whoever moved after the first write would count as stale after the second, and block the run for ever. */
    @Test
    void secondStampLeavesTheTimeOfTheWriteAlone() {
        var first = awaiting(1).published();
        var stamped = new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 2, first);
        var written = new Input.Written(List.of(Sagas.copy("orders-db", Sagas.START.plusSeconds(302), "late")));

        var next = (RotationState.AwaitingConsumers)
                RotationSaga.decide(stamped, written, Sagas.after(Duration.ofSeconds(302)))
                        .next();

        assertThat(next.published().at()).isEqualTo(first.at());
        assertThat(next.published().copies()).isEqualTo(first.copies());
    }

    /** Somebody has put the old value back in between: who has started on that is to move, and who had the new one before holds it. */
    @Test
    void whoStartedBetweenTwoWritesMayHoldEitherValue() {
        var first = awaiting(1).published();
        var stamped = new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 2, first);
        var again = Sagas.START.plusSeconds(302);

        var next = (RotationState.AwaitingConsumers) RotationSaga.decide(
                        stamped, new Input.Written(List.of(writtenAt(again))), Sagas.after(Duration.ofSeconds(302)))
                .next();

        assertThat(next.published().at()).isEqualTo(first.at());
        var copy = next.published().copies().getFirst();
        assertThat(copy.mayBeOlder(first.at().plusSeconds(1), "pod")).isTrue();
        assertThat(copy.mayBeOlder(again, "there before")).isTrue();
        assertThat(copy.mayBeOlder(again, "pod")).isFalse();
        assertThat(copy.mayBeYounger(first.at().plusSeconds(1), "pod")).isTrue();
        assertThat(copy.mayBeYounger(again, "there before")).isTrue();
        assertThat(copy.mayBeYounger(first.at().minusSeconds(1), "pod")).isFalse();
    }

    /** Two publications may write keys of their own into one Secret, one just after the other. */
    @Test
    void secretThatIsWrittenTwiceByOneTryHasOneTime() {
        var later = Sagas.START.plusSeconds(1);
        var promoted = new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 1, null);
        var both = new Input.Written(List.of(writtenAt(Sagas.START), writtenAt(later)));

        var next = (RotationState.AwaitingConsumers)
                RotationSaga.decide(promoted, both, Sagas.after(Duration.ofSeconds(2)))
                        .next();

        var copy = next.published().copies().getFirst();
        assertThat(next.published().copies()).hasSize(1);
        assertThat(copy.mayBeOlder(later, "pod")).isFalse();
    }

    /** As it is told right after the write. */
    private static Copy writtenAt(Instant at) {
        return Copy.written(ObjectRef.secret("shop", "orders-db"), at, List.of("there before"), List.of());
    }

    /** Else who undoes it again and again would keep the run from ever turning back. */
    @Test
    void writeThatIsNeededOnceMoreBuysNoTime() {
        var known = Sagas.published(1);
        var stamped = new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 1, known);
        var again = Sagas.START.plusSeconds(20);
        var input = new Input.PartlyWritten(List.of(writtenAt(again)), new Input.Waiting(Sagas.WHY));

        var soon = RotationSaga.decide(stamped, input, Sagas.after(Duration.ofSeconds(20)));
        assertThat(soon.again()).isTrue();
        assertThat(((RotationState.Promoted) soon.next()).first())
                .satisfies(first -> assertThat(
                                requireNonNull(first).copies().getFirst().lastAt())
                        .isEqualTo(again));
        assertThat(RotationSaga.decide(soon.next(), input, Sagas.after(Duration.ofSeconds(601)))
                        .next())
                .isInstanceOf(RotationState.Compensating.class);
    }

    @Test
    void secondStampDoesNotExtendTheDeadline() {
        var first = awaiting(1).published();
        var written = new Input.Written(List.of(writtenAt(Sagas.START.plusSeconds(302))));
        var stamped = new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 2, first);

        var decision = RotationSaga.decide(stamped, written, Sagas.after(Duration.ofSeconds(302)));

        assertThat(decision.facts())
                .singleElement()
                .isInstanceOfSatisfying(
                        RotationPublished.class,
                        fact -> assertThat(fact.publication().value()).isEqualTo("r1.2"));
        assertThat(RotationSaga.decide(
                                decision.next(), new Input.Waiting(Sagas.WHY), Sagas.after(Duration.ofSeconds(601)))
                        .next())
                .isInstanceOf(RotationState.Compensating.class);
    }

    @Test
    void wayBackPublishesUnderANewId() {
        var back = (RotationState.Compensating)
                RotationSaga.decide(awaiting(2), new Input.Waiting(Sagas.WHY), Sagas.after(Duration.ofMinutes(11)))
                        .next();

        assertThat(back.attempt()).isEqualTo(3);
    }

    @Test
    void secretThatAPersonHasEditedTurnsTheRunBackAtOnce() {
        var promoted =
                new RotationState.Promoted(Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, 1, Sagas.published(1));
        var theirs = List.of(Sagas.copy("theirs", Sagas.START));

        assertThat(RotationSaga.decide(promoted, new Input.LeftAlone(List.of(), theirs), Sagas.after(Duration.ZERO))
                        .next())
                .isInstanceOfSatisfying(
                        RotationState.Compensating.class,
                        back -> assertThat(back.reason()).isEqualTo(RotationReason.PUBLICATION_CHANGED));
        assertThat(RotationSaga.decide(
                                promoted,
                                new Input.LeftAlone(List.of(Sagas.copy("ours", Sagas.START)), theirs),
                                Sagas.after(Duration.ZERO))
                        .next())
                .as("what was written beside it is noted first")
                .isInstanceOfSatisfying(
                        RotationState.Promoted.class,
                        noted -> assertThat(noted.first()).isNotEqualTo(promoted.first()));
    }

    @Test
    void oldValueLivesThroughTheGracePeriod() {
        var decision = RotationSaga.decide(awaiting(1), new Input.Moved(2), Sagas.after(Duration.ofSeconds(3)));

        assertThat(decision.delay()).isEqualTo(Sagas.LIMITS.grace());
    }

    @Test
    void oldValueThatIsTakenUpAgainDuringTheGracePeriodIsLeftAlive() {
        var moved = Sagas.states(Overlap.BOTH_VALID).get(7);
        var waiting = new Input.Waiting(Sagas.WHY);

        assertThat(RotationSaga.decide(moved, waiting, Sagas.after(Duration.ofMinutes(40)))
                        .again())
                .isTrue();
        assertThat(RotationSaga.decide(moved, waiting, Sagas.after(Duration.ofSeconds(2401)))
                        .next())
                .isEqualTo(new RotationState.Failed(Sagas.WHY));
    }

    @Proves("I3")
    @Test
    void windowIsOnRecordExactlyWhereOldAndNewDoNotOverlap() {
        for (var overlap : Overlap.values()) {
            var decision = RotationSaga.decide(
                    Sagas.states(overlap).get(8), new Input.Done(), Sagas.after(Duration.ofMinutes(1)));
            List<RotationEvent> facts = decision.facts();
            var succeeded = (RotationSucceeded) facts.getFirst();
            assertThat(succeeded.windowMillis()).isEqualTo(overlap == Overlap.SWITCHED ? 5000L : null);
        }
    }

    private static RotationState.AwaitingConsumers awaiting(int attempt) {
        return new RotationState.AwaitingConsumers(
                Sagas.change(Overlap.BOTH_VALID), Sagas.START, 4, Sagas.published(attempt));
    }
}
