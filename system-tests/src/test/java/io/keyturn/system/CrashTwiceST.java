package io.keyturn.system;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

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

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * As {@link CrashPointsST}, and the process that takes the runs over is killed too, while each stands still at something it changes.
 * Two kills and two starts for a whole fleet; {@code make chaos MATRIX=all} takes as many fleets as there are second stops.
 */
@Tag("chaos")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashTwiceST {
    private final RunningService service = Keyturn.service(ServiceJar.ROTATION);
    private final Map<CrashCase, CrashRuns> fleets = new LinkedHashMap<>();
    private final Set<CrashCase> lockedOut = new HashSet<>();
    private final Set<CrashCase> stillToBeRepaired = new HashSet<>();
    private final Set<CrashCase> readersLockedOut = new HashSet<>();
    private final Set<CrashCase> lockedOutMeanwhile = new HashSet<>();

    @BeforeAll
    void killTheProcessTwiceInEveryRound() throws ExecutionException, InterruptedException {
        for (int round = 0; round < rounds(); round++) {
            var cases = CrashTwice.round(round);
            System.out.printf("Round %d of %d: %d runs, killed twice each%n", round + 1, rounds(), cases.size());
            var runs = new CrashRuns(new CrashFleet("twice-" + (round + 1)), cases);
            cases.forEach(one -> fleets.put(one, runs));
            runs.standStill();
            runs.kill();
            runs.standStillAgain();
            look(runs);
            runs.kill();
            look(runs);
            stillToBeRepaired.addAll(runs.where(CrashCase::isStillToBeRepaired));
            runs.goOn();
            assertThat(runs.looks()).isPositive();
            lockedOutMeanwhile.addAll(runs.lockedOutMeanwhile());
            lockedOutMeanwhile.addAll(runs.readersRefusedMeanwhile());
        }
    }

    private static int rounds() {
        var wanted = System.getProperty("keyturn.chaos.matrix", "1");
        return wanted.equals("all") ? CrashTwice.rounds() : Math.min(Integer.parseInt(wanted), CrashTwice.rounds());
    }

    private void look(CrashRuns runs) {
        lockedOut.addAll(runs.lockedOut());
        readersLockedOut.addAll(runs.readersLockedOut());
    }

    @AfterAll
    void asUsersHaveIt() {
        service.restart();
        service.awaitReady();
    }

    Set<CrashCase> cases() {
        return fleets.keySet();
    }

    @Test
    void everyRoundHadItsCases() {
        assertThat(List.copyOf(cases())).hasSizeGreaterThan(80);
    }

    @Proves("I1")
    @Test
    void someKeptValueLogsInForEachRunWhileItStandsAgainAndWhileTheProcessIsDeadAgain() {
        assertThat(lockedOut).isEqualTo(stillToBeRepaired);
    }

    @Proves("I3")
    @Test
    void withTwoRolesWhatReadersSeeLogsInAllTheWhile() {
        assertThat(readersLockedOut).allMatch(CrashCase::isStillToBeRepaired).allMatch(CrashCase::alternates);
    }

    @Proves({"I1", "I3"})
    @Test
    void nobodyIsLockedOutUntilAllHaveEnded() {
        assertThat(lockedOutMeanwhile).isEmpty();
    }

    @Proves({"R07", "I1", "I2", "I4", "I8"})
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aRunThatWasKilledTwiceEndsAsIfNothingHadHappened(CrashCase one) {
        fleet(one).assertEndedAsIfNothingHadHappened(one);
    }

    @Proves("R07")
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void noPasswordIsSetOnceMoreThanWithoutTheKills(CrashCase one) {
        fleet(one).assertNoPasswordWasSetOnceMore(one);
    }

    private CrashRuns fleet(CrashCase one) {
        return requireNonNull(fleets.get(one));
    }
}
