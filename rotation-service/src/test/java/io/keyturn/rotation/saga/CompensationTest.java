package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.UndoStep.Reach;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

class CompensationTest {
    @ParameterizedTest
    @CsvSource({
        "TARGET, BOTH_VALID, RESTORE_STORE RETRACT_TARGET DISCARD",
        "TARGET, SWITCHED, RESTORE_TARGET RESTORE_STORE DISCARD",
        "PUBLICATIONS, BOTH_VALID, RESTORE_STORE RESTORE_PUBLICATIONS AWAIT_CONSUMERS RETRACT_TARGET DISCARD",
        "PUBLICATIONS, SWITCHED, RESTORE_TARGET RESTORE_STORE RESTORE_PUBLICATIONS AWAIT_CONSUMERS DISCARD",
    })
    void stepsFollowFromReachAndOverlap(Reach reach, Overlap overlap, String steps) {
        assertThat(UndoStep.stepsFrom(reach, overlap))
                .extracting(UndoStep::name)
                .containsExactly(steps.split(" "));
    }

    @ParameterizedTest
    @EnumSource(Overlap.class)
    void allStepsDoneIsRolledBack(Overlap overlap) {
        var state = begin(overlap);
        while (state instanceof Compensating back) {
            var done = Sagas.done(back.remaining().getFirst());
            state = RotationSaga.decide(state, done, Sagas.after(Duration.ZERO)).next();
        }
        assertThat(state).isEqualTo(new RotationState.RolledBack(Sagas.WHY));
    }

    @ParameterizedTest
    @CsvSource({
        "BOTH_VALID, RESTORE_STORE, RESTORE_PUBLICATIONS AWAIT_CONSUMERS",
        "BOTH_VALID, RESTORE_PUBLICATIONS, RESTORE_STORE AWAIT_CONSUMERS",
        "BOTH_VALID, RETRACT_TARGET, RESTORE_STORE RESTORE_PUBLICATIONS AWAIT_CONSUMERS",
        "BOTH_VALID, DISCARD, RESTORE_STORE RESTORE_PUBLICATIONS AWAIT_CONSUMERS RETRACT_TARGET",
        "SWITCHED, RESTORE_TARGET, ''",
        "SWITCHED, RESTORE_STORE, RESTORE_TARGET RESTORE_PUBLICATIONS AWAIT_CONSUMERS",
        "SWITCHED, RESTORE_PUBLICATIONS, RESTORE_TARGET RESTORE_STORE AWAIT_CONSUMERS",
        "SWITCHED, DISCARD, RESTORE_TARGET RESTORE_STORE RESTORE_PUBLICATIONS AWAIT_CONSUMERS",
    })
    void stepThatIsRefusedForGoodTakesNoValueAway(Overlap overlap, UndoStep refused, String done) {
        var state = begin(overlap);
        var carriedOut = new ArrayList<String>();
        while (state instanceof Compensating back) {
            var step = back.remaining().getFirst();
            if (step == refused) {
                var early = RotationSaga.decide(state, new Input.Rejected(Sagas.WHY), Sagas.after(Duration.ZERO));
                assertThat(early.again()).isTrue();
                state = RotationSaga.decide(state, new Input.Rejected(Sagas.WHY), Sagas.after(Duration.ofSeconds(61)))
                        .next();
            } else {
                carriedOut.add(step.name());
                state = RotationSaga.decide(state, Sagas.done(step), Sagas.after(Duration.ZERO))
                        .next();
            }
        }
        assertThat(state)
                .isInstanceOfSatisfying(
                        RotationState.Failed.class,
                        end -> assertThat(end.reason()).isEqualTo(Sagas.WHY));
        assertThat(carriedOut).containsExactly(done.isEmpty() ? new String[0] : done.split(" "));
    }

    /** Else a step would count as done that was not, and a publication be told of that never was. */
    @ParameterizedTest
    @EnumSource(UndoStep.class)
    void stepIsDoneByItsOwnOutcomeOnly(UndoStep step) {
        var back = new Compensating(
                Sagas.change(Overlap.BOTH_VALID), Sagas.WHY, List.of(step, UndoStep.DISCARD), true, 2, null, null);
        var outcomes = Stream.of(UndoStep.values()).map(Sagas::done).distinct();

        assertThat(outcomes.filter(outcome -> isTaken(back, outcome)))
                .containsExactlyInAnyOrderElementsOf(
                        // Where nothing was published again there is nobody to count.
                        step == UndoStep.AWAIT_CONSUMERS
                                ? List.of(Sagas.done(step), new Input.Done())
                                : List.of(Sagas.done(step)));
    }

    private static boolean isTaken(RotationState state, Input input) {
        try {
            return RotationSaga.decide(state, input, Sagas.after(Duration.ZERO)).next() != state;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void missingDependencyNeverEndsTheWayBack() {
        var decision = RotationSaga.decide(
                begin(Overlap.BOTH_VALID), new Input.Unavailable(Sagas.WHY), Sagas.after(Duration.ofDays(30)));

        assertThat(decision.again()).isTrue();
    }

    /** The database of the runs has lost that it was published, and so it turned back from an earlier state. */
    @ParameterizedTest
    @EnumSource(Overlap.class)
    void readersOfAValueThatIsPublishedComeFirstThoughTheRunKnowsNothingOfThem(Overlap overlap) {
        var state = begin(UndoStep.Reach.TARGET, overlap, null);
        var before = new ArrayList<UndoStep>();
        while (state.remaining().getFirst() != UndoStep.RETRACT_TARGET
                && state.remaining().getFirst() != UndoStep.DISCARD) {
            before.add(state.remaining().getFirst());
            state = (Compensating) RotationSaga.decide(state, new Input.Done(), Sagas.after(Duration.ZERO))
                    .next();
        }
        var rest = state.remaining();

        var next = (Compensating) RotationSaga.decide(state, new Input.FoundPublished(), Sagas.after(Duration.ZERO))
                .next();

        assertThat(before).endsWith(UndoStep.RESTORE_STORE);
        assertThat(next.remaining())
                .startsWith(UndoStep.RESTORE_STORE, UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS)
                .endsWith(rest.toArray(UndoStep[]::new))
                .hasSize(rest.size() + 3);
        assertThat(next.attempt())
                .as("neither the first nor the stamp after it")
                .isEqualTo(3);
        assertThat(next.failed()).as("nobody knows since when").isNull();
        assertThat(next.mayBePublished()).as("nobody looks again").isFalse();
    }

    @ParameterizedTest
    @EnumSource(Overlap.class)
    void runThatWasPastItsReturnGoesOnFromThere(Overlap overlap) {
        var change = new Change("a", null, true, overlap, 3).with(Retirement.BEFORE_READERS);
        var back = Compensation.begin(change, UndoStep.Reach.TARGET, Sagas.WHY, null)
                .next();

        var decision = RotationSaga.decide(back, new Input.FoundLive("b", 4), Sagas.after(Duration.ofHours(1)));

        var now = Sagas.START.plus(Duration.ofHours(1));
        assertThat(decision.next()).isEqualTo(new RotationState.Promoted(change.known("b"), now, 4, 1, null));
        assertThat(decision.next().isPastReturn()).isTrue();
        assertThat(decision.facts()).containsExactly(new RotationPromoted(Sagas.RUN, now, 4));
    }

    @Test
    void runThatNeverBeganOrKnowsOfItsReadersDoesNotLookForThem() {
        var discard = (Compensating)
                Compensation.discard(Sagas.change(Overlap.SWITCHED), Sagas.WHY).next();
        var published = begin(UndoStep.Reach.PUBLICATIONS, Overlap.SWITCHED, Sagas.published(1));

        assertThat(List.of(discard, published)).noneMatch(Compensating::mayBePublished);
    }

    @Test
    void sessionsOfWhichNobodyKnowsAreWaitedForAsLongAsReadersHave() {
        var retract = new Compensating(
                Sagas.change(Overlap.BOTH_VALID),
                Sagas.WHY,
                List.of(UndoStep.RETRACT_TARGET, UndoStep.DISCARD),
                true,
                1,
                null,
                null);
        var stuck = new Input.Waiting(RotationReason.SESSIONS_STUCK);

        assertThat(RotationSaga.decide(retract, stuck, Sagas.after(Duration.ofMinutes(20)))
                        .again())
                .isTrue();
        assertThat(RotationSaga.decide(retract, stuck, Sagas.after(Duration.ofMinutes(21)))
                        .next())
                .isEqualTo(new RotationState.Failed(Sagas.WHY));
    }

    private static Compensating begin(UndoStep.Reach reach, Overlap overlap, @Nullable Published failed) {
        return (Compensating) Compensation.begin(Sagas.change(overlap), reach, Sagas.WHY, failed)
                .next();
    }

    @Test
    void readersThatDoNotGoBackKeepTheFailedValueValid() {
        var waiting = new Compensating(
                Sagas.change(Overlap.BOTH_VALID),
                Sagas.WHY,
                List.of(UndoStep.AWAIT_CONSUMERS, UndoStep.RETRACT_TARGET, UndoStep.DISCARD),
                true,
                2,
                Sagas.published(1),
                Sagas.published(2));
        var stuck = new Input.Waiting(Sagas.WHY);

        assertThat(RotationSaga.decide(waiting, stuck, Sagas.after(Duration.ofMinutes(20)))
                        .again())
                .isTrue();
        assertThat(RotationSaga.decide(waiting, stuck, Sagas.after(Duration.ofMinutes(21)))
                        .next())
                .as("the next run is told of them")
                .isEqualTo(new RotationState.Failed(Sagas.WHY, new Held("b", Sagas.published(1), Sagas.published(2))));
    }

    /** The end names what a person has to look at, whatever the run turned back for. */
    @Test
    void secretThatAPersonHasEditedIsNoPublicationAndItsReadersAreWaitedFor() {
        var back = new Compensating(
                Sagas.change(Overlap.BOTH_VALID),
                Sagas.WHY,
                List.of(UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS),
                true,
                2,
                Sagas.published(1),
                null);
        var ours = Sagas.copy("ours", Sagas.START);
        var theirs = Sagas.copy("orders-db", Sagas.START.plusSeconds(3));

        assertThat(RotationSaga.decide(
                        back, new Input.LeftAlone(List.of(ours), List.of(theirs)), Sagas.after(Duration.ZERO)))
                .satisfies(decision -> assertThat(decision.facts())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                RotationPublished.class,
                                event -> assertThat(event.publications()).containsExactly(ours.secret())))
                .satisfies(decision -> assertThat(decision.next()).isInstanceOfSatisfying(Compensating.class, next -> {
                    assertThat(next.reason()).isEqualTo(RotationReason.PUBLICATION_CHANGED);
                    assertThat(next.restored()).isEqualTo(Published.of(2, List.of(ours, theirs)));
                    assertThat(next.remaining()).containsExactly(UndoStep.AWAIT_CONSUMERS);
                }));
        assertThat(RotationSaga.decide(
                                back, new Input.LeftAlone(List.of(), List.of(theirs)), Sagas.after(Duration.ZERO))
                        .facts())
                .isEmpty();
    }

    /** The end names what a person has to look at, whatever the run turned back for; a Secret that he has edited comes later. */
    @ParameterizedTest
    @EnumSource(Overlap.class)
    void liveValueThatAPersonHasWrittenStaysAndTheEndTellsOfIt(Overlap overlap) {
        var state = begin(overlap);
        while (state instanceof Compensating back) {
            var step = back.remaining().getFirst();
            var done = step == UndoStep.RESTORE_STORE ? new Input.StoreLeftAlone() : Sagas.done(step);
            assertThat(isTaken(back, new Input.StoreLeftAlone()))
                    .as("at %s", step)
                    .isEqualTo(step == UndoStep.RESTORE_STORE);
            state = RotationSaga.decide(state, done, Sagas.after(Duration.ZERO)).next();
        }
        assertThat(state).isEqualTo(new RotationState.RolledBack(RotationReason.STORE_CHANGED));
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT0S", "PT3S, PT3S", "PT1H, PT10S"})
    void whoHasJustReadTheFailedValueHasAMomentToLogIn(Duration grace, Duration wait) {
        var limits = Sagas.LIMITS;
        var situation = new Situation(
                Sagas.RUN,
                Sagas.START,
                Sagas.START,
                0,
                new Situation.Limits(
                        limits.step(), limits.target(), limits.consumers(), grace, limits.approval(), 3, false));

        var decision = RotationSaga.decide(
                begin(UndoStep.Reach.TARGET, Overlap.BOTH_VALID, null), new Input.Done(), situation);

        assertThat(((Compensating) decision.next()).remaining()).startsWith(UndoStep.RETRACT_TARGET);
        assertThat(decision.delay()).isEqualTo(wait);
    }

    /** Its first readers may be older than the value is by the run's own account. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereAPartOfTheRunWasLostNobodyKnowsSinceWhenTheValueHasReaders(boolean isPublished) {
        var reader = Sagas.START.minusSeconds(3600);

        assertThat(mayHaveTakenItUp(false, isPublished, reader)).isFalse();
        assertThat(mayHaveTakenItUp(true, isPublished, reader)).isTrue();
    }

    private static boolean mayHaveTakenItUp(boolean wasLive, boolean isPublished, Instant reader) {
        var inputs =
                new ArrayList<Input>(List.of(new Input.Applied("b", wasLive), new Input.Done(), new Input.Promoted(4)));
        if (isPublished) {
            inputs.add(new Input.Written(List.of(Sagas.copy("orders-db", Sagas.START))));
        }
        inputs.add(new Input.Rejected(Sagas.WHY));
        RotationState state = new RotationState.Generated(Sagas.change(Overlap.BOTH_VALID));
        for (var input : inputs) {
            state = RotationSaga.decide(state, input, Sagas.after(Duration.ZERO))
                    .next();
        }
        return requireNonNull(((Compensating) state).failed())
                .copy(ObjectRef.secret("shop", "orders-db"))
                .mayBeYounger(reader, "u1");
    }

    /** The database of the runs has lost that it was on its way back, or a person wants that; under which attempt it was published as well. */
    @ParameterizedTest
    @EnumSource(Overlap.class)
    void runWhosePreviousValueIsLiveAgainTakesItsReadersBack(Overlap overlap) {
        var moved = new RotationState.ConsumersMoved(Sagas.change(overlap), Sagas.START, Sagas.START, 4);

        var back = (Compensating) RotationSaga.decide(moved, new Input.FoundBack(), Sagas.after(Duration.ZERO))
                .next();

        assertThat(back.reason()).isEqualTo(RotationReason.STORE_CHANGED);
        assertThat(back.remaining()).contains(UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS);
        assertThat(back.attempt()).isEqualTo(3);
        assertThat(requireNonNull(back.failed())
                        .copy(ObjectRef.secret("shop", "orders-db"))
                        .mayBeYounger(Sagas.START.minusSeconds(3600), "u1"))
                .isTrue();
    }

    @Test
    void whereNothingCouldBePublishedNothingIsStatedAndTheReasonStays() {
        var steps = List.of(UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS);
        var back =
                new Compensating(Sagas.change(Overlap.BOTH_VALID), Sagas.WHY, steps, true, 2, Sagas.published(1), null);

        assertThat(RotationSaga.decide(back, new Input.Written(List.of()), Sagas.after(Duration.ZERO)))
                .satisfies(decision -> assertThat(decision.facts()).isEmpty())
                .satisfies(decision -> assertThat(decision.next()).isInstanceOfSatisfying(Compensating.class, next -> {
                    assertThat(next.reason()).isEqualTo(Sagas.WHY);
                    assertThat(next.remaining()).containsExactly(UndoStep.AWAIT_CONSUMERS);
                }));
    }

    @ParameterizedTest
    @EnumSource(Overlap.class)
    void runThatNeverBeganForgetsWhatItKeepsAndHasFailed(Overlap overlap) {
        var state = RotationSaga.decide(
                        new RotationState.Requested(Purpose.ROTATE),
                        new Input.PreparedInVain(Sagas.change(overlap), Sagas.WHY),
                        Sagas.after(Duration.ZERO))
                .next();
        assertThat(state)
                .isInstanceOfSatisfying(
                        Compensating.class, back -> assertThat(back.remaining()).containsExactly(UndoStep.DISCARD));

        assertThat(RotationSaga.decide(state, new Input.Done(), Sagas.after(Duration.ZERO)))
                .satisfies(end -> assertThat(end.next()).isEqualTo(new RotationState.Failed(Sagas.WHY)))
                .satisfies(end -> assertThat(end.facts()).hasOnlyElementsOfType(RotationFailed.class));
        // The live value does not work, so the kept one may be the only one that does.
        assertThat(RotationSaga.decide(state, new Input.Rejected(Sagas.WHY), Sagas.after(Duration.ofSeconds(61)))
                        .next())
                .isEqualTo(new RotationState.Failed(Sagas.WHY));
    }

    private static RotationState begin(Overlap overlap) {
        return Compensation.begin(Sagas.change(overlap), Reach.PUBLICATIONS, Sagas.WHY, Sagas.published(1))
                .next();
    }
}
