package io.keyturn.watcher.due;

import java.time.Instant;
import java.util.List;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.contract.resource.SecretRotationSpec.Window;
import io.keyturn.testbed.page.Proves;
import io.keyturn.watcher.due.Due.AwaitingAdoption;
import io.keyturn.watcher.due.Due.Invalid;
import io.keyturn.watcher.due.Due.Never;
import io.keyturn.watcher.due.Due.Now;
import io.keyturn.watcher.due.Due.Waiting;
import io.keyturn.watcher.due.Policy.LastRun;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DueCheckTest {
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Window NIGHT = window("0 2 * * *", "2h", "Europe/Rome");

    private static Window window(String cron, String duration, @Nullable String zone) {
        return new Window(cron, Interval.parse(duration), zone);
    }

    private static Schedule every(String every, Window... windows) {
        return new Schedule(Interval.parse(every), List.of(windows), null);
    }

    private static Policy policy(@Nullable Schedule schedule, @Nullable LastRun last) {
        return policy("u1", schedule, last, true);
    }

    private static Policy policy(String uid, @Nullable Schedule schedule, @Nullable LastRun last, boolean adopted) {
        return new Policy(
                ObjectRef.secretRotation("shop", "db"),
                new Uid(uid),
                CREATED,
                false,
                adopted,
                false,
                false,
                schedule,
                null,
                last,
                null,
                null,
                null,
                null);
    }

    private static LastRun ended(String at, boolean succeeded) {
        return new LastRun(new RotationId("r1"), Instant.parse(at), succeeded, false);
    }

    private static Due decide(Policy policy, String now) {
        return DueCheck.decide(policy, Instant.parse(now));
    }

    @Test
    void firstRunIsDueAnIntervalAfterCreation() {
        assertThat(decide(policy(every("30d"), null), "2026-01-02T00:00:00Z"))
                .isEqualTo(new Waiting(Instant.parse("2026-01-31T00:00:00Z")));
        assertThat(decide(policy(every("30d"), null), "2026-01-31T00:00:00Z"))
                .isEqualTo(new Now(Instant.parse("2026-01-31T00:00:00Z")));
    }

    @Test
    void nextRunIsDueAnIntervalAfterTheLastOne() {
        var policy = policy(every("30d"), ended("2026-02-01T05:00:00Z", true));
        assertThat(decide(policy, "2026-02-02T00:00:00Z"))
                .isEqualTo(new Waiting(Instant.parse("2026-03-03T05:00:00Z")));
    }

    @ParameterizedTest
    @CsvSource({"30d, 2026-02-01T06:00:00Z", "1h, 2026-02-01T06:00:00Z", "10m, 2026-02-01T05:10:00Z"})
    void failedRunIsDueAgainAfterAnHourAtMost(String every, Instant expected) {
        var policy = policy(every(every), ended("2026-02-01T05:00:00Z", false));
        assertThat(decide(policy, "2026-02-01T05:01:00Z")).isEqualTo(new Waiting(expected));
    }

    /** Europe/Rome is UTC+1 in winter, UTC+2 in summer; clocks change on 2026-03-29 and 2026-10-25 at 01:00 UTC. */
    @ParameterizedTest(name = "{0}: last run {1} -> {2}")
    @CsvSource({
        "in winter, 2026-01-09T12:00:00Z, 2026-01-11T01:00:00Z",
        "in summer, 2026-06-09T12:00:00Z, 2026-06-11T00:00:00Z",
        "inside a window at once, 2026-01-09T01:30:00Z, 2026-01-10T01:30:00Z",
        "as the window opens, 2026-01-09T01:00:00Z, 2026-01-10T01:00:00Z",
        "as the window closes, 2026-01-09T03:00:00Z, 2026-01-11T01:00:00Z",
        "night the hour is skipped, 2026-03-27T12:00:00Z, 2026-03-29T01:00:00Z",
        "inside that window, 2026-03-28T02:30:00Z, 2026-03-29T02:30:00Z",
        "after that window, 2026-03-28T03:00:00Z, 2026-03-30T00:00:00Z",
    })
    void dateOutsideAWindowMovesToTheNextOpening(String name, String last, Instant expected) {
        var policy = policy(every("1d", NIGHT), ended(last, true));
        assertThat(decide(policy, last)).as(name).isEqualTo(new Waiting(expected));
    }

    @Proves("R41")
    @Test
    void nightTheHourRepeatsHasOneWindow() {
        var policy = policy(every("1d", NIGHT), ended("2026-10-23T12:00:00Z", true));
        var first = (Waiting) decide(policy, "2026-10-23T12:00:00Z");
        assertThat(first.at()).isBetween(Instant.parse("2026-10-25T00:00:00Z"), Instant.parse("2026-10-25T01:00:00Z"));
        var after = policy(every("10m", NIGHT), ended("2026-10-25T03:30:00Z", true));
        assertThat(decide(after, "2026-10-25T03:30:00Z")).isEqualTo(new Waiting(Instant.parse("2026-10-26T01:00:00Z")));
    }

    @Test
    void windowWithoutTimeZoneIsInUtc() {
        var policy = policy(every("1d", window("30 4 * * 1", "1h", null)), ended("2026-01-09T12:00:00Z", true));
        assertThat(decide(policy, "2026-01-09T12:00:00Z"))
                .isEqualTo(new Waiting(Instant.parse("2026-01-12T04:30:00Z")));
    }

    @Test
    void earliestOfSeveralWindowsCounts() {
        var policy = policy(
                every("1d", window("0 5 * * *", "1h", null), window("0 3 * * *", "1h", null)),
                ended("2026-01-09T01:00:00Z", true));
        assertThat(decide(policy, "2026-01-09T01:00:00Z"))
                .isEqualTo(new Waiting(Instant.parse("2026-01-10T03:00:00Z")));
    }

    @Test
    void windowThatPassedUnusedIsNotMadeUpForOutsideOne() {
        var policy = policy(every("1d", NIGHT), ended("2026-01-09T12:00:00Z", true));
        assertThat(decide(policy, "2026-01-11T02:59:59Z")).isEqualTo(new Now(Instant.parse("2026-01-11T01:00:00Z")));
        assertThat(decide(policy, "2026-01-11T03:00:00Z"))
                .isEqualTo(new Waiting(Instant.parse("2026-01-12T01:00:00Z")));
        assertThat(decide(policy, "2026-01-12T02:00:00Z")).isEqualTo(new Now(Instant.parse("2026-01-12T01:00:00Z")));
    }

    @Proves("R42")
    @Test
    void jitterIsSteadySpreadsAndStaysInTheWindow() {
        var schedule =
                new Schedule(Interval.parse("1d"), List.of(window("0 2 * * *", "10m", null)), Interval.parse("1h"));
        var starts = java.util.stream.IntStream.range(0, 200)
                .mapToObj(i ->
                        ((Waiting) decide(policy("uid-" + i, schedule, null, true), "2026-01-01T12:00:00Z")).at())
                .toList();
        assertThat(starts)
                .allSatisfy(at -> assertThat(at)
                        .isBetween(Instant.parse("2026-01-02T02:00:00Z"), Instant.parse("2026-01-02T02:09:59Z")));
        assertThat(starts.stream().distinct().count()).isGreaterThan(100);
        assertThat(((Waiting) decide(policy("uid-7", schedule, null, true), "2026-01-01T13:00:00Z")).at())
                .isEqualTo(starts.get(7));
    }

    @Test
    void jitterThatIsLongerThanTheIntervalIsNamedWithItsRemedy() {
        var longest = new Schedule(Interval.parse("30d"), List.of(), Interval.parse("30d"));
        assertThat(decide(policy(longest, null), "2026-01-01T12:00:00Z")).isInstanceOf(Waiting.class);

        var longer = new Schedule(Interval.parse("30d"), List.of(), Interval.parse("400d"));
        var due = decide(policy(longer, null), "2026-01-01T12:00:00Z");
        assertThat(due).isInstanceOf(Invalid.class);
        assertThat(due.message())
                .isEqualTo("spec.schedule.jitter: write a length of time no longer than spec.schedule.every");
    }

    @Test
    void nothingIsDueBeforeAdoption() {
        assertThat(decide(policy("u1", every("1d"), null, false), "2026-05-01T00:00:00Z"))
                .isEqualTo(new AwaitingAdoption(Instant.parse("2026-01-02T00:00:00Z")));
    }

    @Test
    void nothingIsDueWithoutScheduleWhileSuspendedOrWhileDeleting() {
        assertThat(decide(policy(null, null), "2026-05-01T00:00:00Z")).isEqualTo(new Never(ScheduleReason.NoSchedule));
        var p = policy(every("1d"), null);
        assertThat(decide(
                        new Policy(
                                p.ref(),
                                p.uid(),
                                p.createdAt(),
                                true,
                                true,
                                false,
                                false,
                                p.schedule(),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null),
                        "2026-05-01T00:00:00Z"))
                .isEqualTo(new Never(ScheduleReason.Suspended));
        assertThat(decide(
                        new Policy(
                                p.ref(),
                                p.uid(),
                                p.createdAt(),
                                false,
                                true,
                                true,
                                false,
                                p.schedule(),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null),
                        "2026-05-01T00:00:00Z"))
                .isEqualTo(new Never(ScheduleReason.Deleting));
    }

    @ParameterizedTest
    @CsvSource({
        "0 2 * *, 2h, UTC, spec.schedule.windows[0].cron",
        "61 2 * * *, 2h, UTC, spec.schedule.windows[0].cron",
        "every night, 2h, UTC, spec.schedule.windows[0].cron",
        "0 0 30 2 *, 2h, UTC, spec.schedule.windows[0].cron",
        "0 2 * * *, 0s, UTC, spec.schedule.windows[0].duration",
        "0 2 * * *, 2h, Europe/Roma, spec.schedule.windows[0].timeZone",
    })
    void badWindowIsNamedWithItsRemedy(String cron, String duration, String zone, String field) {
        var due = decide(policy(every("1d", window(cron, duration, zone)), null), "2026-01-01T12:00:00Z");
        assertThat(due)
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid -> assertThat(invalid.problem().field()).isEqualTo(field));
        assertThat(due.message()).startsWith(field + ": write ");
        assertThat(due.scheduled()).isFalse();
    }

    @Test
    void idsDependOnTheirCauseAlone() {
        var policy = new Uid("u1");
        var at = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(RequestId.scheduled(policy, at)).isEqualTo(RequestId.scheduled(policy, at));
        assertThat(List.of(
                        RequestId.scheduled(policy, at),
                        RequestId.scheduled(new Uid("u2"), at),
                        RequestId.scheduled(policy, at.plusSeconds(1)),
                        RequestId.manual(policy, at.toString()),
                        RequestId.manual(policy, "x")))
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id.value()).matches("[a-z0-9]{40}"));
    }
}
