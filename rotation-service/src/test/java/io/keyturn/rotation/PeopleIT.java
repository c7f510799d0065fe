package io.keyturn.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationApprovalDecided;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPaused;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationSteered;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs that wait for people: before they begin, where they met trouble, and emergencies, which wait for nobody. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class PeopleIT extends Scenario {
    @Test
    void runBeginsOnceSomebodyHasApprovedIt() {
        var policy = adopted(true, "approval: Required");
        var run = asked(policy);
        var condition = awaitCondition("Approved", "False", "AwaitingApproval");
        assertThat(condition.message()).contains("keyturn.io/approve=" + run);
        assertThat(shop.find("orders").getStatus().phase()).isEqualTo("AwaitingApproval");
        assertThat(shop.keptRuns("orders")).as("nothing is made beforehand").isEmpty();

        annotate(Map.of("keyturn.io/approve", run.value()));
        annotate(Map.of("keyturn.io/approve", "another", "keyturn.io/approved-by", "anna@example.org"));
        assertThat(shop.find("orders").getStatus().phase()).isEqualTo("AwaitingApproval");
        annotate(Map.of("keyturn.io/approve", run.value(), "keyturn.io/approved-by", "anna@example.org"));

        awaitOutcome("Succeeded", run);
        assertThat(Topics.of(run))
                .extracting(Scenario::name)
                .startsWith(
                        "RotationStarted", "RotationAwaitingApproval", "RotationApprovalDecided", "RotationGenerated");
        assertThat(Topics.of(run).get(2).event())
                .isInstanceOfSatisfying(
                        RotationApprovalDecided.class,
                        event -> assertThat(event.by()).isEqualTo(new ActorName("anna@example.org")));
        assertThat(condition("Approved")).isNull();
    }

    @Test
    void refusedRunChangesNothingAndLeavesRoomForTheNext() {
        var policy = adopted(true, "approval: Required");
        var run = asked(policy);
        awaitCondition("Approved", "False", "AwaitingApproval");

        annotate(Map.of("keyturn.io/refuse", run.value(), "keyturn.io/approved-by", "anna"));

        awaitOutcome("Failed", run);
        assertThat(reason(run)).isEqualTo(RotationReason.APPROVAL_REFUSED);
        assertThat(shop.liveVersion()).isOne();
        var next = asked(policy);
        awaitCondition("Approved", "False", "AwaitingApproval");
        annotate(Map.of("keyturn.io/abort", next.value(), "keyturn.io/requested-by", "berta@example.org"));
        awaitOutcome("Failed", next);
        assertThat(steered(next)).containsExactly("ABORTED by berta@example.org");
        assertThat(reason(next)).isEqualTo(RotationReason.ABORTED);
    }

    @Test
    void approvalThatIsNotWantedAnyMoreIsNotWaitedFor() {
        var policy = adopted(true, "approval: Required");
        var run = asked(policy);
        awaitCondition("Approved", "False", "AwaitingApproval");

        patch("{\"spec\": {\"approval\": \"None\"}}");

        awaitOutcome("Succeeded", run);
    }

    /** The old value may be known to somebody: it dies at once, with its sessions, and no run that waits for a person is waited for. */
    @Test
    void emergencyWaitsForNobody() throws Exception {
        var policy = adopted(true, "retire: {after: 1h}");
        var last = last(policy);
        patch("{\"spec\": {\"approval\": \"Required\"}}");
        var waiting = newRun();
        state(policy, waiting, last, null);
        awaitCondition("Approved", "False", "AwaitingApproval");
        var emergency = newRun();
        try (var session = Testbed.shared().postgres().connect(shop.namespace, shop.roleA, shop.firstPassword)) {
            stateCompromise(policy.ref(), policy, emergency);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Topics.of(emergency))
                            .extracting(Scenario::name)
                            .contains("RotationAwaitingApproval"));
            annotate(Map.of("keyturn.io/approve", emergency.value(), "keyturn.io/approved-by", "anna"));

            awaitOutcome("Succeeded", emergency);
            assertThat(requireNonNull(shop.find("orders").getStatus().lastRotation())
                            .requestReason())
                    .isEqualTo("COMPROMISE");

            assertThat(session.isValid(5)).as("its session").isFalse();
        }
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reason(waiting)).isEqualTo(RotationReason.STALE_REQUEST));
    }

    /** Whoever has the old value may be logged in with it: that is no good end. */
    @ParameterizedTest
    @ValueSource(strings = {"AfterReaders", "BeforeReaders"})
    void emergencyThatMayNotEndASessionSaysSo(String order) throws Exception {
        var policy = adopted(true, "retire: {after: 1h, compromised: " + order + "}", "consumers: {deadline: 5s}");
        Testbed.shared()
                .postgres()
                .execute(
                        "postgres",
                        "revoke pg_signal_backend from \"" + shop.adminRole + "\"",
                        "grant \"%s\", \"%s\" to \"%s\" with inherit false"
                                .formatted(shop.roleA, shop.roleB, shop.adminRole));
        var emergency = newRun();
        try (var session = Testbed.shared().postgres().connect(shop.namespace, shop.roleA, shop.firstPassword)) {
            stateCompromise(policy.ref(), policy, emergency);

            awaitOutcome("Failed", emergency);
            assertThat(reason(emergency)).isEqualTo(RotationReason.SESSIONS_STUCK);
            assertThat(session.isValid(5)).isTrue();
        }
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
        assertThat(shop.accepts(shop.roleB, shop.published("password"))).isTrue();
    }

    @Test
    void emergencyLeavesTheRunBeforeItNoGracePeriod() {
        var policy = adopted(true, "retire: {after: 1h}");
        var run = asked(policy);
        awaitPhase("ConsumersMoved");
        var emergency = newRun();

        stateCompromise(policy.ref(), policy, emergency);

        awaitOutcome("Succeeded", run);
        assertThat(Duration.between(at(run, "RotationConsumersMoved"), at(run, "RotationRetired")))
                .isLessThan(Duration.ofHours(1));
        awaitOutcome("Succeeded", emergency);
    }

    @Test
    void emergencySendsAPausedRunBack() {
        var policy = adopted(true, "onFailure: Pause", "consumers: {deadline: 5s}");
        var pod = shop.reader();
        var run = asked(policy);
        awaitCondition("Ready", "False", "Paused");
        shop.end(pod);
        var emergency = newRun();

        stateCompromise(policy.ref(), policy, emergency);

        awaitOutcome("RolledBack", run);
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(RotationReason.CONSUMERS_STUCK));
        awaitOutcome("Succeeded", emergency);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    /** Who reads the Secret is refused until it is published, and where that is not possible nothing leads back to the value that is known. */
    @Test
    void whereThePolicySaysSoTheOldValueDiesBeforeTheNewOneIsPublished() {
        var policy = adopted(true, "retire: {after: 1h, compromised: BeforeReaders}", "consumers: {deadline: 5s}");
        var pod = shop.reader();
        var emergency = newRun();

        stateCompromise(policy.ref(), policy, emergency);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(emergency))
                        .extracting(Scenario::name)
                        .contains("RotationPublished"));

        assertThat(Topics.of(emergency))
                .extracting(Scenario::name)
                .containsSubsequence("RotationPromoted", "RotationRetired", "RotationPublished");
        assertThat(shop.accepts(shop.roleA, shop.firstPassword))
                .as("its reader has not moved")
                .isFalse();
        annotate(Map.of("keyturn.io/abort", emergency.value()));
        awaitOutcome("Failed", emergency);
        assertThat(reason(emergency)).as("the word is not heard").isEqualTo(RotationReason.CONSUMERS_STUCK);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword))
                .as("no way back")
                .isFalse();
        shop.end(pod);
    }

    @Test
    void pausedRunGoesOnWhenSomebodySaysSo() {
        var policy = adopted(true, "approval: Required", "onFailure: Pause", "consumers: {deadline: 5s}");
        var pod = shop.reader();
        var run = asked(policy);
        awaitCondition("Approved", "False", "AwaitingApproval");
        // It stays there: what let the run begin must not be in the way of what lets it go on.
        annotate(Map.of("keyturn.io/approve", run.value(), "keyturn.io/approved-by", "anna"));
        var condition = awaitCondition("Ready", "False", "Paused");
        assertThat(condition.message()).contains("CONSUMERS_STUCK", "keyturn.io/retry=" + run + ".1");
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.liveVersion()).as("the new value stays").isEqualTo(2);

        annotate(Map.of("keyturn.io/retry", run.value() + ".1"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(pauses(run)).isEqualTo(2));
        // That word was about the first pause: it does not go round in circles.
        assertThat(requireNonNull(awaitCondition("Ready", "False", "Paused").message()))
                .contains(run + ".2");

        shop.end(pod);
        annotate(Map.of("keyturn.io/retry", run.value() + ".2", "keyturn.io/requested-by", "anna"));

        awaitOutcome("Succeeded", run);
        assertThat(pauses(run)).isEqualTo(2);
        assertThat(steered(run)).containsExactly("RESUMED by null", "RESUMED by anna");
    }

    @Test
    void noWordCutsTheGracePeriodShort() {
        var policy = adopted(true, "retire: {after: 5s}");
        var run = asked(policy);
        awaitPhase("ConsumersMoved");

        annotate(Map.of("keyturn.io/approve", "another", "keyturn.io/abort", run.value()));

        awaitOutcome("Succeeded", run);
        assertThat(Duration.between(at(run, "RotationConsumersMoved"), at(run, "RotationRetired")))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void abortedRunGoesBackAlsoFromAPause() {
        var policy = adopted(true, "onFailure: Pause", "consumers: {deadline: 5s}");
        shop.reader();
        var run = asked(policy);
        awaitCondition("Ready", "False", "Paused");

        annotate(Map.of("keyturn.io/abort", run.value(), "keyturn.io/requested-by", "anna"));

        awaitOutcome("RolledBack", run);
        assertThat(steered(run)).containsExactly("ABORTED by anna");
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(RotationReason.ABORTED));
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
    }

    private static Instant at(RotationId run, String name) {
        return Topics.of(run).stream()
                .filter(envelope -> name(envelope).equals(name))
                .map(envelope -> ((RotationEvent) envelope.event()).at())
                .findFirst()
                .orElseThrow();
    }

    private static long pauses(RotationId run) {
        return Topics.of(run).stream()
                .filter(envelope -> envelope.event() instanceof RotationPaused)
                .count();
    }

    /** What people have said of a run that was under way, and by what name. */
    private static List<String> steered(RotationId run) {
        return Topics.of(run).stream()
                .map(EventEnvelope::event)
                .filter(RotationSteered.class::isInstance)
                .map(RotationSteered.class::cast)
                .map(event -> event.word() + " by " + event.by())
                .toList();
    }

    private RotationId asked(SecretRotation policy) {
        var run = newRun();
        state(policy, run, last(policy), null);
        return run;
    }

    private static RotationReason reason(RotationId run) {
        return List.copyOf(Topics.of(run)).stream()
                .map(envelope -> envelope.event())
                .filter(RotationFailed.class::isInstance)
                .map(event -> ((RotationFailed) event).reason())
                .findFirst()
                .orElseThrow(() -> new AssertionError("it has not failed"));
    }

    private void annotate(Map<String, String> annotations) {
        var pairs = annotations.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
                .toList();
        patch("{\"metadata\": {\"annotations\": {" + String.join(", ", pairs) + "}}}");
    }
}
