package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.saga.DecisionTable.Turn;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.testbed.page.GeneratedPage;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** Every state with every input: what is decided, as {@code docs/reference/state-machine.md} shows it, and what holds for all of it. */
class DecisionTableTest {
    @Test
    void pageShowsWhatIsDecided() {
        GeneratedPage.assertFresh(StateMachinePage.PATH, StateMachinePage.make());
    }

    @Test
    void noStateAndNoInputAndNoStepBackIsLeftOut() {
        var states = states().toList();

        assertThat(states).extracting(state -> (Object) state.getClass()).containsAll(kinds(RotationState.class));
        assertThat(Sagas.inputs().values())
                .extracting(input -> (Object) input.getClass())
                .containsAll(kinds(Input.class));
        assertThat(states)
                .filteredOn(Compensating.class::isInstance)
                .extracting(state -> ((Compensating) state).remaining().getFirst())
                .contains(UndoStep.values());
    }

    /** Found in the code, so that a new one is asked for here. */
    private static List<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses())
                        .flatMap(kind -> kinds(kind).stream())
                        .toList()
                : List.of(type);
    }

    @Proves("I9")
    @Test
    void whatIsTriedAgainHasChangedNothingAndComesAfterAPause() {
        assertThat(decisions().filter(turn -> decided(turn).again()))
                .isNotEmpty()
                .allSatisfy(turn -> {
                    assertThat(decided(turn).next()).isSameAs(turn.state());
                    assertThat(decided(turn).facts()).isEmpty();
                    assertThat(decided(turn).delay()).isPositive();
                });
    }

    @Test
    void nothingFollowsTheEnd() {
        assertThat(decisions().map(Turn::state)).isNotEmpty().noneMatch(RotationState::isOver);
    }

    /** One that only a policy leads to is a state of the picture too. */
    @Test
    void everyStateIsEnteredFromAnother() {
        assertThat(decisions()
                        .filter(turn -> !decided(turn)
                                .next()
                                .phase()
                                .equals(turn.state().phase()))
                        .map(turn -> (Object) decided(turn).next().getClass()))
                .containsAll(kinds(RotationState.class));
    }

    /** What is decided by its reason has a column of its own. Who stops a run does so by a word; who deletes it, by a refusal. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ABORTED")
    void everyReasonIsDecidedAsAColumnShows(RotationReason reason) {
        var inputs = reason == RotationReason.DELETED
                ? Map.of("Rejected", new Input.Rejected(reason))
                : Map.of(
                        "Waiting", new Input.Waiting(reason),
                        "Unavailable", new Input.Unavailable(reason),
                        "Rejected", new Input.Rejected(reason));
        inputs.forEach((kind, input) -> {
            var all = Sagas.inputs();
            var column = requireNonNull(all.getOrDefault(kind + ": " + reason, all.get(kind)));
            assertThat(states())
                    .allSatisfy(state -> assertThat(told(state, input)).as(kind).isEqualTo(told(state, column)));
        });
    }

    private static List<String> told(RotationState state, Input input) {
        return DecisionTable.plays(state, input)
                .map(turn -> turn.past() + " " + turn.told())
                .toList();
    }

    private static Stream<Turn> decisions() {
        return states().flatMap(
                        state -> Sagas.inputs().values().stream().flatMap(input -> DecisionTable.plays(state, input)))
                .filter(turn -> turn.decision() != null);
    }

    private static Stream<RotationState> states() {
        return DecisionTable.rows().values().stream().flatMap(Set::stream);
    }

    private static Decision decided(Turn turn) {
        return requireNonNull(turn.decision());
    }

    static Stream<RotationState> publishing() {
        var change = Sagas.change(Overlap.BOTH_VALID);
        var steps = List.of(UndoStep.RESTORE_PUBLICATIONS, UndoStep.AWAIT_CONSUMERS, UndoStep.DISCARD);
        return Stream.of(
                new Promoted(change, Sagas.START, 4, 1, Sagas.published(1)),
                new Compensating(change, Sagas.WHY, steps, true, 2, Sagas.published(1), Sagas.published(2)));
    }

    @ParameterizedTest
    @MethodSource("publishing")
    void whatIsWrittenInPartAndTellsNothingNewIsDecidedAsItsTrouble(RotationState state) {
        var known = List.of(Sagas.copy("orders-db", Sagas.START.plusSeconds(9)));
        for (var passed : List.of(Duration.ofSeconds(2), Duration.ofMinutes(2), Duration.ofHours(1))) {
            for (var input : Sagas.inputs().values()) {
                if (input instanceof Input.Trouble trouble) {
                    assertThat(RotationSaga.decide(state, new Input.PartlyWritten(known, trouble), Sagas.after(passed)))
                            .isEqualTo(RotationSaga.decide(state, trouble, Sagas.after(passed)));
                }
            }
        }
    }
}
