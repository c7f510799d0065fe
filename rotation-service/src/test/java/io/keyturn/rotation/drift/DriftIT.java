package io.keyturn.rotation.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

import jakarta.inject.Inject;

import io.keyturn.contract.event.FindingCleared;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.FindingRaised;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.kit.bridge.Bridge;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.rotation.persistence.DriftStore;
import io.keyturn.rotation.persistence.DriftStore.Due;
import io.keyturn.rotation.persistence.DriftStore.Refusal;
import io.keyturn.rotation.policy.RotationPolicy.DriftPlan;
import io.keyturn.rotation.target.Target.Standing;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Stored credentials that the database does not accept any more: found, told, and set there again. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class DriftIT extends Scenario {
    private static final String EVERY_MINUTE = "driftCheck: {every: 1m}";
    private static final String ONLY_TELL = "driftCheck: {every: 1m, repair: Never}";

    private final Testbed bed = Testbed.shared();

    @Inject
    DriftCheck check;

    @Inject
    DriftStore drifts;

    @Inject
    UnitOfWork unit;

    /** As a volume that is initialised again, or one that has been restored, leaves the role; the last is a date that has passed. */
    @ParameterizedTest
    @ValueSource(strings = {"password 'older'", "password null", "nologin password null", "valid until '2000-01-01'"})
    void storedValueIsSetAtTheDatabaseAgainAndNothingElseChanges(String restored) {
        var policy = adopted(false, EVERY_MINUTE);
        var before = last(policy);
        var published = shop.secret().getMetadata().getResourceVersion();
        alter(restored);

        look(policy);

        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.liveVersion()).isOne();
        assertThat(shop.secret().getMetadata().getResourceVersion()).isEqualTo(published);
        assertThat(shop.keptRuns("orders")).isEmpty();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(repair(policy))
                        .containsExactly("RotationStarted", "RotationApplied", "RotationTested", "RotationSucceeded"));
        awaitCondition("Ready", "True", "InForce");
        assertThat(last(policy)).as("a repair is no rotation").isEqualTo(before);
    }

    @Test
    void databaseOfBeforeARotationIsBroughtToWhatIsStored() {
        var policy = adopted(true, EVERY_MINUTE);
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);
        var password = shop.live().get("password").asText();
        bed.postgres()
                .execute(
                        "postgres",
                        "alter role \"" + shop.roleA + "\" login password '" + shop.firstPassword + "'",
                        "alter role \"" + shop.roleB + "\" nologin password null");

        look(policy);

        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
        assertThat(shop.accepts(shop.roleB, password)).isTrue();
        assertThat(shop.live().get("password").asText()).isEqualTo(password);
        var next = newRun();
        state(policy, next, run, null);
        awaitOutcome("Succeeded", next);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Test
    void whoWantsToBeToldOnlyIsToldAndTheNextRunClearsItOnceAPersonHasMendedIt() {
        var policy = adopted(false, ONLY_TELL);
        alter("password 'older'");
        var roles = shop.roles();

        look(policy);

        awaitFindings(policy, FindingRaised.class);
        assertThat(Topics.findings(policy.ref()).getFirst())
                .isInstanceOfSatisfying(
                        FindingRaised.class, raised -> assertThat(raised.kind()).isEqualTo(FindingKind.DRIFT));
        assertThat(awaitCondition("Ready", "False", "Drifted").message()).contains("spec.driftCheck.repair is Never");
        look(policy);
        assertThat(repair(policy)).isEmpty();
        assertThat(shop.roles()).isEqualTo(roles);
        alter("password '" + shop.firstPassword + "'");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);
        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
        awaitCondition("Ready", "True", "InForce");
    }

    @Test
    void roleThatSomebodyHasLockedStaysLockedAndIsToldUntilItIsOpened() {
        var policy = adopted(false, EVERY_MINUTE);
        alter("nologin");
        var roles = shop.roles();

        look(policy);

        awaitFindings(policy, FindingRaised.class);
        assertThat(awaitCondition("Ready", "False", "Drifted").message()).contains("locked");
        look(policy);
        assertThat(repair(policy)).isEmpty();
        assertThat(shop.roles()).isEqualTo(roles);
        alter("login");
        look(policy);
        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
    }

    @Test
    void valueThatLiesInTheStoreOnlyIsNotSetAtTheDatabase() {
        var policy = adopted(false, EVERY_MINUTE);
        var roles = shop.roles();
        shop.vault("db", shop.roleA, "mistyped");

        look(policy);

        awaitFindings(policy, FindingRaised.class);
        assertThat(awaitRefusedRepair(policy)).isEqualTo(RotationReason.NOT_PUBLISHED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                awaitCondition("Ready", "False", "Drifted").message())
                        .contains("NOT_PUBLISHED"));
        assertThat(shop.roles()).isEqualTo(roles);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        look(policy);
        assertThat(repair(policy)).as("no second try so soon").containsExactly("RotationStarted", "RotationFailed");
        shop.vault("db", shop.roleA, shop.firstPassword);
        look(policy);
        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
    }

    @Test
    void userThatTheSecretRotationDoesNotNameIsLeftAlone() {
        var stranger = shop.namespace + "-stranger";
        bed.postgres()
                .execute("postgres", "create role \"" + stranger + "\" login password '" + shop.firstPassword + "'");
        shop.vault("db", stranger, shop.firstPassword);
        shop.secret(Map.of("user", stranger, "password", shop.firstPassword));
        var policy = shop.alternating("orders", EVERY_MINUTE);
        awaitCondition("Adopted", "True", "CredentialProven");
        bed.postgres().execute("postgres", "alter role \"" + stranger + "\" password 'older'");

        look(policy);

        assertThat(awaitRefusedRepair(policy)).isEqualTo(RotationReason.NOT_REPAIRABLE);
        assertThat(shop.accepts(stranger, "older")).isTrue();
    }

    @Test
    void databaseThatDoesNotAnswerIsNoDrift() {
        var policy = adopted(false, EVERY_MINUTE);
        patch("{\"spec\": {\"target\": {\"postgres\": {\"port\": 1}}}}");

        look(policy);

        assertThat(Topics.findings(policy.ref())).isEmpty();
        assertThat(repair(policy)).isEmpty();
    }

    @Test
    void processesThatFindTheSameAskForOneRun() throws Exception {
        var policy = adopted(false, EVERY_MINUTE);
        look(policy);
        alter("password 'older'");
        var uid = policy.getMetadata().getUid();
        var due = new Due(policy.ref(), uid, Duration.ofMinutes(1), Instant.now(), false);

        try (var processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                processes.submit(() -> {
                    check.make(due);
                    return null;
                });
            }
        }

        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
        assertThat(repairs(policy)).hasSize(1);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
    }

    @Test
    void findingDoesNotOutliveItsSecretRotation() {
        var policy = adopted(false, ONLY_TELL);
        alter("password 'older'");
        look(policy);
        awaitFindings(policy, FindingRaised.class);

        bed.kubernetes().admin().resource(policy).delete();

        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
    }

    /** An approval may take days, and until then the run has touched nothing. */
    @Test
    void driftIsMendedWhileARunAwaitsItsApprovalWhichGoesOnWaiting() {
        var policy = adopted(false, EVERY_MINUTE, "approval: Required");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitCondition("Approved", "False", "AwaitingApproval");
        alter("password 'older'");

        look(policy);

        awaitFindings(policy, FindingRaised.class, FindingCleared.class);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(repair(policy)).endsWith("RotationSucceeded");
        assertThat(awaitCondition("Approved", "False", "AwaitingApproval").message())
                .contains("keyturn.io/approve=" + run);
        assertThat(shop.find("orders").getStatus().phase()).isEqualTo("AwaitingApproval");
        patch(
                "{\"metadata\": {\"annotations\": {\"keyturn.io/approve\": \"%s\", \"keyturn.io/approved-by\": \"anna\"}}}"
                        .formatted(run));
        awaitOutcome("Succeeded", run);
        assertThat(Topics.of(run))
                .extracting(Scenario::name)
                .startsWith("RotationStarted", "RotationAwaitingApproval", "RotationApprovalDecided");
    }

    /** It may have set its value already, and then the stored one is refused on purpose. */
    @Test
    void nothingIsLookedAtWhileARunIsPaused() throws Exception {
        var policy = adopted(true, EVERY_MINUTE, "onFailure: Pause", "consumers: {deadline: 3s}");
        shop.reader();
        state(policy, newRun(), last(policy), null);
        awaitCondition("Ready", "False", "Paused");
        bed.postgres().execute("postgres", "alter role \"" + shop.roleB + "\" password 'other'");

        makeDue(policy);

        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(6))
                .until(() -> RotationBed.ask("select 'due' from drift where due_at <= now() and policy_uid = '"
                                + policy.getMetadata().getUid() + "'")
                        .equals(List.of("due")));
        assertThat(Topics.findings(policy.ref())).isEmpty();
    }

    /** A look that was begun before is not believed when the run has begun meanwhile. */
    @ParameterizedTest
    @CsvSource({
        "MANUAL, AwaitingApproval, false, true",
        "MANUAL, AwaitingApproval, true, true",
        "MANUAL, Requested, false, true",
        "MANUAL, Requested, true, false",
        "MANUAL, Paused, false, false",
        "MANUAL, Generated, false, false",
        "DRIFT, Requested, false, false"
    })
    void refusalCountsUnlessARunMayBeTheReason(String reason, String phase, boolean isClaimed, boolean counts) {
        var policy = adopted(false, ONLY_TELL);
        var uid = policy.getMetadata().getUid();
        await().atMost(PATIENCE)
                .until(() -> RotationBed.ask("select 'there' from drift where policy_uid = '" + uid + "'")
                        .equals(List.of("there")));
        insert(uid, reason, phase, isClaimed);
        var due = new Due(policy.ref(), uid, Duration.ofMinutes(1), Instant.now(), false);
        var plan = new DriftPlan(Duration.ofMinutes(1), false);

        Refusal refusal =
                Bridge.await(() -> unit.run(work -> drifts.refused(work, due, Standing.REFUSED, plan, false)));

        assertThat(refusal.raised()).isEqualTo(counts);
    }

    /** A run that nobody takes up for an hour. */
    private void insert(String uid, String reason, String phase, boolean isClaimed) {
        bed.postgres().execute(RotationBed.DATABASE, """
                insert into rotation (id, namespace, name, policy_uid, reason, phase, state, state_since, due_at, epoch,
                                      claimed_until, requested_at)
                values ('%s', '%s', 'orders', '%s', '%s', '%s', '{"state": "RotationState$AwaitingApproval"}',
                        now(), now() + interval '1 hour', 1, now() + interval '%d minutes', now())""".formatted(
                        newRun(), shop.namespace, uid, reason, phase, isClaimed ? 60 : -60));
    }

    private void alter(String how) {
        bed.postgres().execute("postgres", "alter role \"" + shop.roleA + "\" " + how);
    }

    /** Makes a look due, and returns once it is over: the next one is a minute away at most, and further while one is under way. */
    private void look(SecretRotation policy) {
        var uid = policy.getMetadata().getUid();
        makeDue(policy);
        await().atMost(PATIENCE)
                .until(() -> RotationBed.ask("select 'over' from drift where policy_uid = '" + uid
                                + "' and due_at > now() and due_at <= now() + interval '1 minute'")
                        .equals(List.of("over")));
    }

    private void makeDue(SecretRotation policy) {
        var uid = policy.getMetadata().getUid();
        await().atMost(PATIENCE)
                .until(() -> RotationBed.ask(
                                "update drift set due_at = now() where policy_uid = '" + uid + "' returning 'made due'")
                        .equals(List.of("made due")));
    }

    private static void awaitFindings(SecretRotation policy, Class<?>... kinds) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.findings(policy.ref()))
                        .extracting(event -> (Object) event.getClass())
                        .containsExactly((Object[]) kinds));
    }

    private static RotationReason awaitRefusedRepair(SecretRotation policy) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(repair(policy)).endsWith("RotationFailed"));
        return Topics.about(policy.ref()).stream()
                .filter(RotationFailed.class::isInstance)
                .map(event -> ((RotationFailed) event).reason())
                .findFirst()
                .orElseThrow();
    }

    /** What was stated about the one repair there was. */
    private static List<String> repair(SecretRotation policy) {
        var repairs = repairs(policy);
        assertThat(repairs).hasSizeLessThan(2);
        return Topics.about(policy.ref()).stream()
                .filter(event -> event instanceof RotationEvent run
                        && repairs.stream().anyMatch(started -> started.run().equals(run.run())))
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }

    private static List<RotationStarted> repairs(SecretRotation policy) {
        return Topics.about(policy.ref()).stream()
                .filter(RotationStarted.class::isInstance)
                .map(RotationStarted.class::cast)
                .filter(started -> started.reason() == RequestReason.DRIFT)
                .toList();
    }
}
