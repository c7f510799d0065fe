package io.keyturn.watcher.due;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.testbed.page.Proves;
import io.keyturn.watcher.due.Due.Never;
import io.keyturn.watcher.due.Due.Now;
import io.keyturn.watcher.due.Policy.LastRun;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestsTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Uid UID = new Uid("u1");
    private static final RotationId BEFORE = new RotationId("before");
    private static final RotationId MANUAL = RequestId.manual(UID, "t-1");
    private static final Due NONE = new Never(ScheduleReason.NoSchedule);
    private static final Due DUE = new Now(START);

    private final Requests requests = new Requests(Duration.ofMinutes(2));
    private Instant now = START;

    private static Policy policy(
            @Nullable String token, @Nullable RotationId last, boolean suspended, boolean underWay) {
        var lastRun = last == null ? null : new LastRun(last, START, true, false);
        return policy(lastRun, null, token, suspended, underWay);
    }

    private static Policy retrying(RotationId last, boolean succeeded, RotationId retryOf, boolean suspended) {
        return policy(new LastRun(last, START, succeeded, false), retryOf.value(), null, suspended, false);
    }

    private static Policy policy(
            @Nullable LastRun last,
            @Nullable String retryOf,
            @Nullable String token,
            boolean suspended,
            boolean underWay) {
        return new Policy(
                ObjectRef.secretRotation("shop", "db"),
                UID,
                START.minus(Duration.ofDays(30)),
                suspended,
                true,
                false,
                underWay,
                new Schedule(Interval.parse("30d"), List.of(), null),
                null,
                last,
                retryOf,
                token,
                null,
                null);
    }

    private static Policy with(Policy it, @Nullable String compromisedToken, @Nullable LastRun last) {
        return new Policy(
                it.ref(),
                it.uid(),
                it.createdAt(),
                it.suspended(),
                it.adopted(),
                it.deleting(),
                it.underWay(),
                it.schedule(),
                it.badField(),
                last,
                it.retryOf(),
                it.rotateToken(),
                compromisedToken,
                it.requestedBy());
    }

    private static Policy policy(@Nullable String token, @Nullable RotationId last) {
        return policy(token, last, false, false);
    }

    /** What is said at this moment, and taken by the broker. */
    private List<RotationRequested> say(Policy policy, Due due) {
        var said = requests.toSay(policy, due, now);
        said.forEach(request -> requests.said(request, now));
        return said;
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void dueRequestThatNobodyTakesUpIsSaidAgainAsItWas() {
        var first = say(policy(null, BEFORE), DUE);
        assertThat(first)
                .singleElement()
                .isEqualTo(new RotationRequested(
                        ObjectRef.secretRotation("shop", "db"),
                        UID,
                        RequestId.scheduled(UID, START),
                        RequestReason.SCHEDULE,
                        BEFORE,
                        START,
                        null,
                        START));
        assertThat(requests.again()).contains(START.plus(Duration.ofMinutes(2)));
        pass(Duration.ofSeconds(119));
        assertThat(say(policy(null, BEFORE), DUE)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(say(policy(null, BEFORE), DUE)).isEqualTo(first);
    }

    @Proves("I9")
    @Test
    void pauseDoublesUpToAnHour() {
        say(policy("t-1", null), NONE);
        for (var minutes : List.of(2, 4, 8, 16, 32, 60, 60)) {
            assertThat(requests.again()).contains(now.plus(Duration.ofMinutes(minutes)));
            pass(Duration.ofMinutes(minutes));
            assertThat(say(policy("t-1", null), NONE)).hasSize(1);
        }
    }

    @Test
    void failedRunThatSomebodyNamesIsTriedAgainOnce() {
        assertThat(say(retrying(BEFORE, false, BEFORE, true), NONE))
                .as("suspended")
                .isEmpty();
        assertThat(say(retrying(BEFORE, false, BEFORE, false), NONE))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.id()).isEqualTo(RequestId.retry(UID, BEFORE));
                    assertThat(request.reason()).isEqualTo(RequestReason.MANUAL);
                    assertThat(request.basedOn()).isEqualTo(BEFORE);
                });

        assertThat(say(retrying(RequestId.retry(UID, BEFORE), false, BEFORE, false), NONE))
                .as("that one has failed too")
                .isEmpty();
    }

    @Test
    void emergencyWaitsForNoWindow() {
        assertThat(say(with(policy(null, BEFORE), "t-1", null), new Due.Waiting(START.plus(Duration.ofDays(1)))))
                .extracting(RotationRequested::reason)
                .containsExactly(RequestReason.COMPROMISE);
    }

    @Test
    void valueThatMayBeKnownIsAnEmergencyAndSoIsItsRetry() {
        var emergency = RequestId.compromised(UID, "t-1");
        assertThat(say(with(policy(null, BEFORE), "t-1", null), NONE))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.id()).isEqualTo(emergency).isNotEqualTo(MANUAL);
                    assertThat(request.reason()).isEqualTo(RequestReason.COMPROMISE);
                });

        var failed = new LastRun(emergency, START, false, true);
        assertThat(say(with(retrying(emergency, false, emergency, false), null, failed), NONE))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.id()).isEqualTo(RequestId.retry(UID, emergency));
                    assertThat(request.reason()).isEqualTo(RequestReason.COMPROMISE);
                });
    }

    @Test
    void emptyTokenAsksForNothing() {
        assertThat(say(with(policy(" ", BEFORE), "", null), NONE)).isEmpty();
    }

    @Test
    void runThatSucceededOrIsNotTheLastIsNotTriedAgain() {
        assertThat(say(retrying(BEFORE, true, BEFORE, false), NONE)).isEmpty();
        assertThat(say(retrying(BEFORE, false, new RotationId("older"), false), NONE))
                .isEmpty();
    }

    @Test
    void failedSendIsNoRequest() {
        assertThat(requests.toSay(policy(null, null), DUE, now)).hasSize(1);
        assertThat(requests.toSay(policy(null, null), DUE, now)).hasSize(1);
        assertThat(requests.again()).isEmpty();
    }

    @Test
    void whatIsUnderWayIsNotAskedForAgainUntilItIsOver() {
        say(policy("t-1", BEFORE), NONE);
        pass(Duration.ofDays(1));
        assertThat(say(policy("t-1", BEFORE, false, true), NONE)).isEmpty();
        assertThat(say(policy("t-1", BEFORE), NONE)).hasSize(1);
    }

    @Test
    void whatHasRunIsNeverAskedForAgain() {
        say(policy("t-1", BEFORE), NONE);
        pass(Duration.ofDays(1));
        assertThat(say(policy("t-1", MANUAL), NONE)).isEmpty();
        assertThat(say(policy("t-1", new RotationId("later")), NONE)).isEmpty();
        assertThat(requests.again()).isEmpty();
    }

    @Test
    void whatIsNotDueAnyMoreIsForgotten() {
        say(policy("t-1", BEFORE), DUE);
        pass(Duration.ofDays(1));
        assertThat(say(policy("t-1", BEFORE, true, false), NONE)).isEmpty();
        assertThat(requests.again()).isEmpty();
        assertThat(say(policy("t-2", BEFORE), NONE))
                .extracting(RotationRequested::id)
                .containsExactly(RequestId.manual(UID, "t-2"));
    }

    @Test
    void requestThatAnotherRunOvertookKeepsItsBasis() {
        say(policy("t-1", BEFORE), NONE);
        pass(Duration.ofDays(1));
        assertThat(say(policy("t-1", new RotationId("other")), NONE))
                .extracting(RotationRequested::basedOn)
                .containsExactly(BEFORE);
    }
}
