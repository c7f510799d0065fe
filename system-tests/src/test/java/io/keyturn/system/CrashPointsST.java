package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationAwaitingApproval;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.topic.Service;
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

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * rotation-service is killed (SIGKILL) while one run stands still at each of its crash points, with each strategy. All of them share one
 * process, one kill and one start afterwards; what came of each is judged by what PostgreSQL, OpenBao, Kubernetes and Kafka say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashPointsST {
    private static final String SETTING = "keyturn.rotation.runner.crash-points";
    /** Enough for all to stand at once. */
    private static final String ALL_AT_ONCE = "-Dkeyturn.rotation.runner.concurrency=400";

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern STANDS =
            Pattern.compile("KT3009: (\\S+) of SecretRotation crash/(\\S+) stands still at (\\S+) for ever.*");

    private final List<CrashCase> cases = CrashCase.matrix();
    private final CrashFleet fleet = new CrashFleet();
    private final RunningService service = Keyturn.service(ServiceJar.ROTATION);
    private final Map<CrashCase, String> runs = new HashMap<>();
    /** The new values that lay in the pending mount when the process was dead. */
    private final Map<CrashCase, CrashFleet.Credential> pending = new HashMap<>();

    private Set<String> points = Set.of();
    private Set<CrashCase> lockedOutWhileStanding = Set.of();
    private Set<CrashCase> lockedOutWhileDead = Set.of();
    private Set<CrashCase> readersLockedOutWhileDead = Set.of();
    private Set<CrashCase> heldWhileDead = Set.of();
    private Map<String, Long> passwordsSet = Map.of();

    @BeforeAll
    void killTheProcessWhileARunStandsAtEveryPoint() throws ExecutionException, InterruptedException {
        points = pointsByItsOwnAccount();
        standStillEverywhere();
        lockedOutWhileStanding =
                where(one -> fleet.keptAnywhere(one, run(one)).stream().noneMatch(fleet::logsIn));

        service.kill();
        lockedOutWhileDead =
                where(one -> fleet.keptAnywhere(one, run(one)).stream().noneMatch(fleet::logsIn));
        readersLockedOutWhileDead = where(
                one -> one.alternates() && !(fleet.logsIn(fleet.live(one)) && fleet.logsIn(fleet.published(one))));
        heldWhileDead = where(fleet::isHeld);
        cases.forEach(one -> fleet.pending(one, run(one)).ifPresent(value -> pending.put(one, value)));

        service.restart(List.of(ALL_AT_ONCE));
        service.awaitReady();
        // Those that do not end fail each on its own.
        await("all have ended")
                .atMost(PATIENCE)
                .until(() -> where(one -> !hasEnded(one)).isEmpty());
        passwordsSet = fleet.passwordsSet();
    }

    @AfterAll
    void asUsersHaveIt() {
        service.restart();
        service.awaitReady();
    }

    /** Told by the packaged service itself when it is given a name that is none. */
    private Set<String> pointsByItsOwnAccount() {
        var lines = LogLines.fromNow();
        service.restart(List.of("-D" + SETTING + "=crash/any=nowhere"));
        assertThatThrownBy(service::awaitReady).isInstanceOf(StartFailed.class);
        var refusal = lines.of(service).getLast().path("message").asText();
        assertThat(refusal).startsWith("KT1010: Refuses to start: " + SETTING + " ");
        return new TreeSet<>(List.of(refusal.substring(refusal.indexOf("points are ") + "points are ".length())
                .split(", ", -1)));
    }

    private void standStillEverywhere() throws ExecutionException, InterruptedException {
        var setting = cases.stream()
                .map(one -> CrashFleet.NAMESPACE + "/" + one.name() + "=" + one.point())
                .collect(Collectors.joining(","));
        fleet.furnish(cases);
        var lines = LogLines.fromNow();
        service.restart(List.of("-D" + SETTING + "=" + setting, ALL_AT_ONCE));
        service.awaitReady();
        fleet.startRotations(cases);
        var asked = cases.stream().filter(one -> one.way() != Way.ADOPTION).toList();
        await("adopted")
                .atMost(PATIENCE)
                .until(() -> asked.stream()
                        .allMatch(
                                one -> fleet.status(one, "lastRotation.outcome").equals("Succeeded")));
        asked.stream()
                .filter(one -> one.way() != Way.REPAIR)
                .forEach(one -> fleet.annotate(one, Map.of("keyturn.io/rotate", "crash")));
        askForRepairs(asked.stream().filter(one -> one.way() == Way.REPAIR).toList());
        cases.stream().filter(one -> one.way() == Way.APPROVAL).forEach(this::approve);
        await("all stand still").atMost(PATIENCE).untilAsserted(() -> {
            take(lines);
            assertThat(where(one -> !runs.containsKey(one))).isEmpty();
        });
    }

    private void askForRepairs(List<CrashCase> broken) throws ExecutionException, InterruptedException {
        broken.forEach(fleet::restoreVolume);
        Forgery.say(
                Service.WATCHER,
                broken.stream()
                        .map(one -> new RotationRequested(
                                ObjectRef.secretRotation(CrashFleet.NAMESPACE, one.name()),
                                fleet.uid(one),
                                new RotationId("drift" + one.name().replace("-", "")),
                                RequestReason.DRIFT,
                                new RotationId(fleet.status(one, "lastRotation.id")),
                                null,
                                null,
                                Instant.now()))
                        .toList());
    }

    private void approve(CrashCase one) {
        var run = Keyturn.facts()
                .await(
                        CrashFleet.NAMESPACE,
                        RotationAwaitingApproval.class,
                        event -> event.run().policy().name().equals(one.name()))
                .run()
                .id();
        fleet.annotate(one, Map.of("keyturn.io/approve", run.value(), "keyturn.io/approved-by", "admin"));
    }

    /** Who stands still says so once, with his point. */
    private void take(LogLines lines) {
        for (var line : lines.of(service)) {
            var stands = STANDS.matcher(line.path("message").asText());
            if (stands.matches()) {
                cases.stream()
                        .filter(one -> one.name().equals(stands.group(2))
                                && one.point().equals(stands.group(3)))
                        .forEach(one -> runs.put(one, stands.group(1)));
            }
        }
    }

    private String run(CrashCase one) {
        return requireNonNull(runs.get(one), () -> one + " does not stand");
    }

    private Set<CrashCase> where(Predicate<CrashCase> wanted) {
        return cases.stream().filter(wanted).collect(Collectors.toCollection(HashSet::new));
    }

    private boolean hasEnded(CrashCase one) {
        // A repair is no rotation in what status tells.
        return types(one).contains(one.facts().getLast())
                && (one.way() == Way.REPAIR
                        || fleet.status(one, "lastRotation.id").equals(run(one)));
    }

    /** What the run has stated, oldest first; a record that came twice counts once. */
    private List<EventType> types(CrashCase one) {
        return facts(one).stream().map(EventEnvelope::event).map(EventType::of).toList();
    }

    private List<EventEnvelope> facts(CrashCase one) {
        var seen = new HashSet<>();
        return Keyturn.facts().ofRun(CrashFleet.NAMESPACE, new RotationId(run(one))).stream()
                .filter(envelope -> envelope.event() instanceof RotationEvent && seen.add(envelope.id()))
                .toList();
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

    @Test
    void whileRunsStandStillSomeKeptValueLogsInForEachOfThem() {
        assertThat(lockedOutWhileStanding).isEqualTo(where(CrashCase::isStillToBeRepaired));
    }

    @Proves("R03")
    @Test
    void whileTheProcessIsDeadSomeKeptValueLogsInForEachRun() {
        assertThat(lockedOutWhileDead).isEqualTo(where(CrashCase::isStillToBeRepaired));
    }

    @Test
    void withTwoRolesWhatReadersSeeLogsInWhileTheProcessIsDead() {
        assertThat(readersLockedOutWhileDead).isEqualTo(where(one -> one.alternates() && one.isStillToBeRepaired()));
    }

    /** Whatever it died of, and also right after the commit that ended a run. */
    @Test
    void aRunThatHasBegunHoldsItsSecretRotationUntilItIsOver() {
        assertThat(heldWhileDead)
                .containsAll(where(one -> one.point().endsWith("-apply")))
                .noneMatch(one -> one.way() == Way.ADOPTION || one.way() == Way.REPAIR);
        await("all are let go")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(where(fleet::isHeld)).isEmpty());
    }

    @Proves({"R01", "R02", "R03", "R04", "R05", "R06"})
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aRunThatWasKilledThereEndsAsIfNothingHadHappened(CrashCase one) {
        var live = fleet.live(one);
        var first = fleet.first(one);

        assertThat(types(one)).isEqualTo(one.facts());
        assertThat(fleet.status(one, "lastRotation.outcome"))
                .isEqualTo(one.way() == Way.BACK ? "RolledBack" : "Succeeded");
        assertThat(fleet.versions(one)).isEqualTo(one.way().versions);
        assertThat(fleet.left(one)).as("left in the pending mount").isEmpty();
        assertThat(fleet.published(one).equals(live)).as("published is live").isTrue();
        assertThat(fleet.logsIn(live)).as("the live value logs in").isTrue();
        assertThat(live.equals(first)).as("the first value is live").isEqualTo(!one.changesTheValue());
        assertThat(fleet.logsIn(first)).as("the first value logs in").isEqualTo(!one.changesTheValue());
        // What was kept before the kill is used, never a second one; on the way back it is refused.
        Optional.ofNullable(pending.get(one)).ifPresent(kept -> {
            assertThat(kept.equals(live)).as("what was kept is live").isEqualTo(one.changesTheValue());
            assertThat(fleet.logsIn(kept)).as("what was kept logs in").isEqualTo(one.changesTheValue());
        });
    }

    @Proves("R04")
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void noPasswordIsSetOnceMoreThanWithoutTheKill(CrashCase one) {
        assertThat(passwordsSet.getOrDefault(one.role("a"), 0L)).isEqualTo(one.timesFirstIsSet());
        assertThat(passwordsSet.getOrDefault(one.role("b"), 0L)).isEqualTo(one.timesOtherIsSet());
    }
}
