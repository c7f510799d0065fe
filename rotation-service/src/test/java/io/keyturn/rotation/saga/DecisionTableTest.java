package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.keyturn.rotation.saga.DecisionTable.Turn;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.testbed.page.GeneratedPage;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    private static Stream<Turn> decisions() {
        return states().flatMap(state ->
                        Sagas.inputs().values().stream().flatMap(input -> DecisionTable.play(state, input).stream()))
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
