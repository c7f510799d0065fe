package io.keyturn.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import io.keyturn.system.CrashCase.Way;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database of the runs fails over to a server that is behind. A process is killed while each run stands still at its first point,
 * the next one while each stands at its second; then the database is again what it was at the first kill. Target, store and publications
 * know what came between, and the runs do not.
 */
@Tag("chaos")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedOverST {
    /** The last that is not lost. */
    private static final Set<String> FIRSTS = Set.of(
            "before-prepare",
            "committed-prepare",
            "committed-apply",
            "committed-test",
            "committed-promote",
            "committed-publish");

    private final RunningService service = Keyturn.service(ServiceJar.ROTATION);
    private final List<CrashCase> cases = matrix();
    private final CrashRuns runs = new CrashRuns(new CrashFleet("failed-over"), cases);

    private Set<CrashCase> lockedOutWhileDead = Set.of();

    /** Each first point with one of the changes that may lie behind it, not the same everywhere. */
    private static List<CrashCase> matrix() {
        var firsts = CrashTwice.firsts().stream()
                .filter(one -> one.way() == Way.FORWARD || one.way() == Way.BACK)
                .filter(one -> FIRSTS.contains(one.point()))
                .toList();
        var cases = new ArrayList<CrashCase>();
        for (int i = 0; i < firsts.size(); i++) {
            var seconds = CrashTwice.seconds(firsts.get(i)).stream()
                    .filter(point -> point.startsWith("after-"))
                    .toList();
            cases.add(firsts.get(i).again(seconds.get(i % seconds.size())));
        }
        return List.copyOf(cases);
    }

    @BeforeAll
    void loseTheLastCommits() throws ExecutionException, InterruptedException {
        runs.standStill();
        runs.kill();
        Keyturn.platform().copyDatabase(ServiceJar.ROTATION);
        runs.standStillAgain();
        runs.kill();
        Keyturn.platform().failDatabaseOver(ServiceJar.ROTATION);
        lockedOutWhileDead = runs.lockedOut();
        runs.goOn();
    }

    @AfterAll
    void asUsersHaveIt() {
        service.restart();
        service.awaitReady();
    }

    List<CrashCase> cases() {
        return cases;
    }

    @Proves("I1")
    @Test
    void someKeptValueLogsInForEachRunWhileNobodyKnowsHowFarItWas() {
        assertThat(lockedOutWhileDead).isEmpty();
    }

    @Proves("I1")
    @Test
    void someKeptValueLogsInForEachRunUntilAllHaveEnded() {
        assertThat(runs.looks()).isPositive();
        assertThat(runs.lockedOutMeanwhile()).isEmpty();
    }

    @Proves({"R18", "I1", "I8"})
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aRunThatHasComeFurtherThanItsDatabaseKnowsComesToRest(CrashCase one) {
        runs.assertHasComeToRest(one);
    }
}
