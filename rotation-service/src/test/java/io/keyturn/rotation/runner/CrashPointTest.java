package io.keyturn.rotation.runner;

import io.keyturn.rotation.runner.CrashPoint.Moment;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Overlap;
import io.keyturn.rotation.saga.UndoStep;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CrashPointTest {
    private static final Change CHANGE = new Change("a", "b", true, Overlap.SWITCHED, 1);

    @Test
    void everyCommandAndEveryStepBackHasThree() {
        int commands = Command.class.getPermittedSubclasses().length - 1;

        assertThat(CrashPoint.all())
                .doesNotHaveDuplicates()
                .hasSize((commands + UndoStep.values().length) * Moment.values().length);
    }

    @Test
    void theirNamesAreThoseOfTheSteps() {
        var publish = new Command.Publish(CHANGE, 1);
        var undo = new Command.Undo(UndoStep.RESTORE_TARGET, CHANGE, false, 2, null, null);

        assertThat(CrashPoint.of(Moment.BEFORE, publish)).hasToString("before-publish");
        assertThat(CrashPoint.of(Moment.AFTER, new Command.Listen())).hasToString("after-listen");
        assertThat(CrashPoint.of(Moment.COMMITTED, undo)).hasToString("committed-restore-target");
        assertThat(CrashPoint.all()).extracting(CrashPoint::toString).contains("after-look-at-consumers");
    }

    @Test
    void eachIsFoundByItsNameAndNothingElseIs() {
        assertThat(CrashPoint.all())
                .allSatisfy(
                        point -> assertThat(CrashPoint.named(point.toString())).contains(point));
        assertThat(CrashPoint.named("after-undo")).isEmpty();
        assertThat(CrashPoint.named("apply")).isEmpty();
        assertThat(CrashPoint.named("")).isEmpty();
    }
}
