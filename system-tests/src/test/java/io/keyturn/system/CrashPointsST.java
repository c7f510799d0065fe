package io.keyturn.system;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import io.keyturn.system.CrashCase.Way;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.StartFailed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * rotation-service is killed (SIGKILL) while one run stands still at each of its crash points, with each strategy. All of them share one
 * process, one kill and one start afterwards; what came of each is judged by what PostgreSQL, OpenBao, Kubernetes and Kafka say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashPointsST {
    private final List<CrashCase> cases = CrashCase.matrix();
    private final RunningService service = Keyturn.service(ServiceJar.ROTATION);
    private final CrashFleet fleet = new CrashFleet("crash", true);
    private final CrashRuns runs = new CrashRuns(fleet, cases);

    private List<String> points = List.of();
    private Set<CrashCase> lockedOutWhileStanding = Set.of();
    private Set<CrashCase> lockedOutWhileDead = Set.of();
    private Set<CrashCase> readersLockedOutWhileDead = Set.of();
    private Set<CrashCase> heldWhileDead = Set.of();

    @BeforeAll
    void killTheProcessWhileARunStandsAtEveryPoint() throws ExecutionException, InterruptedException {
        points = pointsByItsOwnAccount();
        runs.standStill();
        lockedOutWhileStanding = runs.lockedOut();

        runs.kill();
        lockedOutWhileDead = runs.lockedOut();
        readersLockedOutWhileDead = runs.readersLockedOut();
        heldWhileDead = runs.held();

        runs.goOn();
    }

    @AfterAll
    void asUsersHaveIt() {
        fleet.removeReaders();
        service.restart();
        service.awaitReady();
    }

    /** Told by the packaged service itself when it is given a name that is none. */
    private List<String> pointsByItsOwnAccount() {
        var lines = LogLines.fromNow();
        service.restart(List.of("-D" + CrashRuns.SETTING + "=crash/any=nowhere"));
        assertThatThrownBy(service::awaitReady).isInstanceOf(StartFailed.class);
        var refusal = lines.of(service).getLast().path("message").asText();
        assertThat(refusal).startsWith("KT1010: Refuses to start: " + CrashRuns.SETTING + " ");
        return List.of(refusal.substring(refusal.indexOf("points are ") + "points are ".length())
                .split(", ", -1));
    }

    List<CrashCase> cases() {
        return cases;
    }

    @Test
    void noPointOfThePackagedServiceIsForgotten() {
        assertThat(cases.stream().map(CrashCase::point))
                .hasSizeGreaterThan(40)
                .hasSameElementsAs(points.stream()
                        .filter(point -> !point.endsWith("-" + CrashCase.NEVER_MET))
                        .toList());
    }

    /** By which {@link CrashTwice} knows what comes after what. */
    @Test
    void theStepsOfEveryWayAreInTheOrderOfTheService() {
        var order = points.stream().map(CrashCase::step).distinct().toList();

        assertThat(CrashTwice.ORDER).isEqualTo(order);
    }

    @Proves("I1")
    @Test
    void whileRunsStandStillSomeKeptValueLogsInForEachOfThem() {
        assertThat(lockedOutWhileStanding).isEqualTo(runs.where(CrashCase::isStillToBeRepaired));
    }

    @Proves({"R03", "I1"})
    @Test
    void whileTheProcessIsDeadSomeKeptValueLogsInForEachRun() {
        assertThat(lockedOutWhileDead).isEqualTo(runs.where(CrashCase::isStillToBeRepaired));
    }

    @Proves("I3")
    @Test
    void withTwoRolesWhatReadersSeeLogsInWhileTheProcessIsDead() {
        assertThat(readersLockedOutWhileDead)
                .isEqualTo(runs.where(one -> one.alternates() && one.isStillToBeRepaired()));
    }

    @Proves("I1")
    @Test
    void someKeptValueLogsInForEachRunUntilAllHaveEnded() {
        assertThat(runs.looks()).isPositive();
        assertThat(runs.lockedOutMeanwhile()).isEmpty();
    }

    @Proves("I3")
    @Test
    void withTwoRolesWhatReadersSeeLogsInUntilAllHaveEnded() {
        assertThat(runs.readersRefusedMeanwhile()).isEmpty();
    }

    /** Whatever it died of, and also right after the commit that ended a run. */
    @Test
    void aRunThatHasBegunHoldsItsSecretRotationUntilItIsOver() {
        assertThat(heldWhileDead)
                .containsAll(runs.where(one -> one.point().endsWith("-apply")))
                .noneMatch(one -> one.way() == Way.ADOPTION || one.way() == Way.REPAIR);
        await("all are let go")
                .atMost(CrashRuns.PATIENCE)
                .untilAsserted(() -> assertThat(runs.held()).isEmpty());
    }

    @Proves({"R01", "R02", "R03", "R04", "R05", "R06", "I1", "I2", "I4", "I8"})
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aRunThatWasKilledThereEndsAsIfNothingHadHappened(CrashCase one) {
        runs.assertEndedAsIfNothingHadHappened(one);
    }

    List<CrashCase> read() {
        return runs.read();
    }

    @Proves("I5")
    @ParameterizedTest(name = "{0}")
    @MethodSource("read")
    void aWorkloadIsRolledAsOftenAsTheContentThatItReadsHasChanged(CrashCase one) {
        runs.assertRolledAsOftenAsItsContentHasChanged(one);
    }

    @Proves("I3")
    @Test
    void withTwoRolesNoPodIsEverRefused() {
        assertThat(runs.readersLoginsPerSecond()).isGreaterThanOrEqualTo(50);
        assertThat(runs.readersEverRefused()).isEmpty();
    }

    @Proves("R04")
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void noPasswordIsSetOnceMoreThanWithoutTheKill(CrashCase one) {
        runs.assertNoPasswordWasSetOnceMore(one);
    }
}
