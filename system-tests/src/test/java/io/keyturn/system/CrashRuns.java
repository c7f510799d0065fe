package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Fleet.Credential;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The runs of a fleet that stand still in one process, each at its crash point; and what has come of them, seen from outside. */
final class CrashRuns {
    static final String SETTING = "keyturn.rotation.runner.crash-points";
    /** How a run says that it has come to its point. */
    static final String STANDS_STILL = "KT3009";

    static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Enough for all to stand at once at one target, which leaves half free. */
    private static final List<String> ALL_AT_ONCE =
            List.of("-Dkeyturn.rotation.runner.concurrency=800", "-Dkeyturn.rotation.runner.per-target=400");

    private static final Pattern STANDS = Pattern.compile(
            STANDS_STILL + ": (\\S+) of SecretRotation (\\S+)/(\\S+) stands still at (\\S+) for ever.*");

    private final RunningService service = Keyturn.service(ServiceJar.ROTATION);
    private final CrashFleet fleet;
    private final List<CrashCase> cases;
    private final Map<CrashCase, String> runs = new HashMap<>();
    /** The new values that lay in the pending mount when a process was dead. */
    private final Map<CrashCase, Set<Credential>> pending = new HashMap<>();

    private final Set<CrashCase> lockedOutMeanwhile = ConcurrentHashMap.newKeySet();
    private final Set<CrashCase> readersRefusedMeanwhile = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();

    private volatile boolean over;
    private volatile @Nullable Throwable notLookedAt;
    private Map<String, Long> passwordsSet = Map.of();
    private double readersLoginsPerSecond;

    CrashRuns(CrashFleet fleet, List<CrashCase> cases) {
        this.fleet = fleet;
        this.cases = cases;
    }

    /** Adopts all, starts a run of each, and returns when each stands at its point. */
    void standStill() throws ExecutionException, InterruptedException {
        fleet.furnish(cases);
        var lines = LogLines.fromNow();
        startStandingAt(cases, CrashCase::point);
        fleet.startRotations(cases);
        var asked = cases.stream().filter(one -> one.way() != Way.ADOPTION).toList();
        awaiting("adopted")
                .until(() -> asked.stream()
                        .allMatch(
                                one -> fleet.status(one, "lastRotation.outcome").equals("Succeeded")));
        asked.stream()
                .filter(one -> one.way() != Way.REPAIR)
                .forEach(one -> fleet.annotate(one, Map.of("keyturn.io/rotate", "crash")));
        askForRepairs(asked.stream().filter(one -> one.way() == Way.REPAIR).toList());
        cases.stream().filter(one -> one.way() == Way.APPROVAL).forEach(this::approve);
        awaitStanding(lines, cases, CrashCase::point);
    }

    /** Starts the process anew, and returns when each stands at its second point. */
    void standStillAgain() {
        var lines = LogLines.fromNow();
        var before = Map.copyOf(runs);
        runs.clear();
        startStandingAt(cases, CrashRuns::again);
        awaitStanding(lines, cases, CrashRuns::again);
        assertThat(runs).as("the very runs").isEqualTo(before);
    }

    private static String again(CrashCase one) {
        return requireNonNull(one.again());
    }

    /** SIGKILL. */
    void kill() {
        service.kill();
        cases.forEach(one -> fleet.pending(one, run(one))
                .forEach(value ->
                        pending.computeIfAbsent(one, _ -> new HashSet<>()).add(value)));
    }

    /** Starts the process anew and waits for the ends, while somebody logs in with what is kept and what is read. */
    void goOn() throws InterruptedException {
        var looking = Thread.ofVirtual().start(this::look);
        var begin = Instant.now();
        long logins = fleet.readersLogins();
        try {
            service.restart(ALL_AT_ONCE);
            service.awaitReady();
            // Those that do not end fail each on its own.
            awaiting("all have ended").until(() -> where(one -> !hasEnded(one)).isEmpty());
            readersLoginsPerSecond = 1000.0
                    * (fleet.readersLogins() - logins)
                    / Duration.between(begin, Instant.now()).toMillis();
        } finally {
            over = true;
            looking.interrupt();
            looking.join();
        }
        assertThat(notLookedAt).as("what ended the looks before the runs did").isNull();
        passwordsSet = fleet.passwordsSet();
    }

    private void look() {
        // Where there is something to repair, nobody is let in until that is done.
        var whole = where(one -> one.way() != Way.REPAIR);
        try {
            while (!over) {
                whole.forEach(this::look);
                looks.incrementAndGet();
            }
        } catch (RuntimeException | AssertionError e) {
            // A login that is interrupted fails.
            notLookedAt = over ? null : e;
        }
    }

    private void look(CrashCase one) {
        if (isShut(() -> fleet.keptAnywhere(one, run(one)))) {
            lockedOutMeanwhile.add(one);
        }
        if (one.alternates()
                && (isShut(() -> List.of(fleet.live(one))) || isShut(() -> List.of(fleet.published(one))))) {
            readersRefusedMeanwhile.add(one);
        }
    }

    /** How often each was looked at while the runs went on. */
    int looks() {
        return looks.get();
    }

    /** Those of whose values none logged in at some moment while the runs went on. */
    Set<CrashCase> lockedOutMeanwhile() {
        return lockedOutMeanwhile;
    }

    /** Those with two roles whose live or published value did not log in at some moment while the runs went on. */
    Set<CrashCase> readersRefusedMeanwhile() {
        return readersRefusedMeanwhile;
    }

    /** Who has died by himself does no more. */
    private ConditionFactory awaiting(String what) {
        return await(what).atMost(PATIENCE).failFast("rotation-service has died", () -> !service.isAlive());
    }

    private void startStandingAt(List<CrashCase> those, Function<CrashCase, String> point) {
        var setting = those.stream()
                .map(one -> fleet.namespace() + "/" + one.name() + "=" + point.apply(one))
                .collect(Collectors.joining(","));
        var arguments = new ArrayList<>(ALL_AT_ONCE);
        arguments.add("-D" + SETTING + "=" + setting);
        service.restart(arguments);
        service.awaitReady();
    }

    private void awaitStanding(LogLines lines, List<CrashCase> those, Function<CrashCase, String> point) {
        awaiting("all stand still").untilAsserted(() -> {
            take(lines, point);
            assertThat(those.stream().filter(one -> !runs.containsKey(one))).isEmpty();
        });
    }

    private void askForRepairs(List<CrashCase> broken) throws ExecutionException, InterruptedException {
        broken.forEach(fleet::restoreVolume);
        Forgery.say(
                Service.WATCHER,
                broken.stream()
                        .map(one -> new RotationRequested(
                                ObjectRef.secretRotation(fleet.namespace(), one.name()),
                                fleet.uid(one),
                                new RotationId("drift" + (fleet.namespace() + one.name()).replace("-", "")),
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
                        fleet.namespace(),
                        RotationAwaitingApproval.class,
                        event -> event.run().policy().name().equals(one.name()))
                .run()
                .id();
        fleet.annotate(one, Map.of("keyturn.io/approve", run.value(), "keyturn.io/approved-by", "admin"));
    }

    /** Who stands still says so once, with his point. */
    private void take(LogLines lines, Function<CrashCase, String> point) {
        for (var line : lines.of(service)) {
            var stands = STANDS.matcher(line.path("message").asText());
            if (stands.matches() && stands.group(2).equals(fleet.namespace())) {
                cases.stream()
                        .filter(one -> one.name().equals(stands.group(3))
                                && point.apply(one).equals(stands.group(4)))
                        .forEach(one -> runs.put(one, stands.group(1)));
            }
        }
    }

    private String run(CrashCase one) {
        return requireNonNull(runs.get(one), () -> one + " does not stand");
    }

    Set<CrashCase> where(Predicate<CrashCase> wanted) {
        return cases.stream().filter(wanted).collect(Collectors.toCollection(HashSet::new));
    }

    /** Whose SecretRotation a finalizer of ours holds. */
    Set<CrashCase> held() {
        return where(fleet::isHeld);
    }

    /** Those of whose values, kept wherever, none logs in. */
    Set<CrashCase> lockedOut() {
        return where(one -> fleet.keptAnywhere(one, run(one)).stream().noneMatch(fleet::logsIn));
    }

    /** Whether by now, and a moment later still, none of these values logs in: one may have moved while they were read. */
    private boolean isShut(Supplier<List<Credential>> read) {
        var values = read.get();
        while (values.stream().noneMatch(fleet::logsIn)) {
            var before = values;
            values = read.get();
            if (values.equals(before)) {
                return true;
            }
        }
        return false;
    }

    /** Those with two roles whose live or published value does not log in. */
    Set<CrashCase> readersLockedOut() {
        return where(one -> one.alternates() && !(fleet.logsIn(fleet.live(one)) && fleet.logsIn(fleet.published(one))));
    }

    private boolean hasEnded(CrashCase one) {
        // A repair is no rotation in what status tells.
        return types(one).contains(one.facts().getLast())
                && (one.way() == Way.REPAIR
                        || fleet.status(one, "lastRotation.id").equals(run(one)));
    }

    /** What the run has stated, oldest first; a record that came twice counts once. */
    private List<EventType> types(CrashCase one) {
        var seen = new HashSet<>();
        return Keyturn.facts().ofRun(fleet.namespace(), new RotationId(run(one))).stream()
                .filter(envelope -> envelope.event() instanceof RotationEvent && seen.add(envelope.id()))
                .map(EventEnvelope::event)
                .map(EventType::of)
                .toList();
    }

    void assertEndedAsIfNothingHadHappened(CrashCase one) {
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
        // What was kept before a kill is used, never a second one; on the way back it is refused.
        var kept = new ArrayList<>(Optional.ofNullable(pending.get(one)).orElse(Set.of()));
        assertThat(kept.size()).as("new values kept").isLessThanOrEqualTo(1);
        kept.forEach(value -> {
            assertThat(value.equals(live)).as("what was kept is live").isEqualTo(one.changesTheValue());
            assertThat(fleet.logsIn(value)).as("what was kept logs in").isEqualTo(one.changesTheValue());
        });
    }

    /** Where the database of the runs has forgotten what was done, a run may do it again, and say it again. */
    void assertHasComeToRest(CrashCase one) {
        var live = fleet.live(one);

        assertThat(fleet.status(one, "lastRotation.outcome"))
                .isEqualTo(one.way() == Way.BACK ? "RolledBack" : "Succeeded");
        assertThat(fleet.logsIn(live)).as("the live value logs in").isTrue();
        assertThat(fleet.published(one).equals(live)).as("published is live").isTrue();
        assertThat(live.equals(fleet.first(one))).as("the first value is live").isEqualTo(!one.changesTheValue());
        assertThat(fleet.logsIn(fleet.first(one))).as("the first value logs in").isEqualTo(!one.changesTheValue());
        assertThat(fleet.left(one)).as("left in the pending mount").isEmpty();
    }

    /** How often readers have tried to log in from the kill until all runs had ended. */
    double readersLoginsPerSecond() {
        return readersLoginsPerSecond;
    }

    List<CrashCase> read() {
        return cases.stream().filter(fleet::isRead).toList();
    }

    void assertRolledAsOftenAsItsContentHasChanged(CrashCase one) {
        assertThat(fleet.rollOuts(one)).isEqualTo(one.rollOuts());
    }

    /** Those with two roles of whose readers one was ever refused. */
    List<CrashCase> readersEverRefused() {
        var refused = fleet.readersRefused();
        return read().stream()
                .filter(one -> one.alternates() && refused.contains(one.name()))
                .toList();
    }

    void assertNoPasswordWasSetOnceMore(CrashCase one) {
        assertThat(passwordsSet.getOrDefault(fleet.role(one, "a"), 0L)).isEqualTo(one.timesFirstIsSet());
        assertThat(passwordsSet.getOrDefault(fleet.role(one, "b"), 0L)).isEqualTo(one.timesOtherIsSet());
    }
}
