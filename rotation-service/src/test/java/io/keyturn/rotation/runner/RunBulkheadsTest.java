package io.keyturn.rotation.runner;

import java.util.List;
import java.util.stream.IntStream;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.UndoStep;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RunBulkheadsTest {
    private static final Change CHANGE = new Change("a", "b", true, Overlap.SWITCHED, 3);
    private static final Command APPLY = new Command.Apply(CHANGE);
    private static final Input NO_ANSWER = new Input.Unavailable(RotationReason.TARGET_UNREACHABLE);

    private final RunBulkheads bulkheads = new RunBulkheads(12, 3);

    @Proves("I10")
    @Test
    void oneTargetTakesNoMoreThanItsShare() {
        assertThat(enter("db-1", 4)).isEqualTo(3);
        assertThat(bulkheads.full()).containsExactly("db-1");
        assertThat(enter("db-2", 1)).as("room of another").isEqualTo(1);

        bulkheads.leave("db-1");

        assertThat(bulkheads.full()).isEmpty();
        assertThat(enter("db-1", 2)).isEqualTo(1);
    }

    @Proves("I10")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void targetsThatAreSlowLeaveAPartForOthers(int many) {
        var wide = new RunBulkheads(32, 32);
        var slow = IntStream.range(0, many).mapToObj(i -> "slow-" + i).toList();
        // The first finds all free; it gives back what it has too much of as its runs end.
        slow.forEach(target -> enter(wide, target, 32));
        for (int ends = 0; ends < 32 * many; ends++) {
            wide.leave(slow.get(ends % many));
            slow.forEach(target -> enter(wide, target, 32));
        }

        int free = 32 - slow.stream().mapToInt(wide::inside).sum();
        assertThat(free).as("but for one that just went elsewhere").isGreaterThanOrEqualTo(32 / (many + 1) - 1);
        assertThat(wide.full()).as("each would have more").containsExactlyInAnyOrderElementsOf(slow);
        assertThat(enter(wide, "other", 1)).isEqualTo(1);
    }

    @Proves("I10")
    @Test
    void whoWaitsForRoomHasItWhenAnotherLeaves() {
        var narrow = new RunBulkheads(4, 4);
        assertThat(enter(narrow, "db-1", 2)).isEqualTo(2);
        assertThat(enter(narrow, "db-2", 2)).isEqualTo(1);
        assertThat(narrow.full()).containsExactlyInAnyOrder("db-1", "db-2");

        narrow.leave("db-1");

        assertThat(narrow.full()).isEmpty();
        assertThat(enter(narrow, "db-2", 2)).isEqualTo(1);
    }

    @Proves("I10")
    @Test
    void whereNobodyAnswersOneTriesUntilSomebodyDoes() {
        enter("db-1", 3);
        bulkheads.heard("db-1", APPLY, NO_ANSWER);
        bulkheads.leave("db-1");
        bulkheads.leave("db-1");
        assertThat(bulkheads.full()).as("one of three is still there").containsExactly("db-1");
        bulkheads.leave("db-1");
        assertThat(enter("db-1", 3)).isEqualTo(1);
        assertThat(enter("db-2", 3)).as("another target").isEqualTo(3);

        bulkheads.heard("db-1", APPLY, new Input.Applied("b", false));

        assertThat(enter("db-1", 3)).isEqualTo(2);
    }

    @Test
    void onlyWhatTheTargetItselfAnswersTellsThatItIsBack() {
        bulkheads.heard("db-1", APPLY, NO_ANSWER);
        var previous = new Command.Undo(UndoStep.RESTORE_STORE, CHANGE, true, 1, null, null);
        bulkheads.heard("db-1", previous, new Input.Done());
        bulkheads.heard("db-1", new Command.Promote(CHANGE), new Input.Promoted(4));
        bulkheads.heard("db-1", APPLY, new Input.Unavailable(RotationReason.STORE_UNREACHABLE));
        assertThat(enter("db-1", 3)).isEqualTo(1);

        bulkheads.heard(
                "db-1", new Command.Undo(UndoStep.RESTORE_TARGET, CHANGE, false, 1, null, null), new Input.Done());

        assertThat(enter("db-1", 3)).isEqualTo(2);
    }

    @Test
    void troubleOfOthersTellsNothingAboutTheTarget() {
        for (var reason : List.of(RotationReason.STORE_UNREACHABLE, RotationReason.CONFLICT)) {
            bulkheads.heard("db-1", APPLY, new Input.Unavailable(reason));
        }

        assertThat(enter("db-1", 3)).isEqualTo(3);
    }

    private long enter(String target, int runs) {
        return enter(bulkheads, target, runs);
    }

    private static long enter(RunBulkheads bulkheads, String target, int runs) {
        return IntStream.range(0, runs).filter(_ -> bulkheads.enter(target)).count();
    }
}
