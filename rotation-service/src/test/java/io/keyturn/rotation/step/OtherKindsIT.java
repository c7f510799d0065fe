package io.keyturn.rotation.step;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PolicyReader.Result;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publisher;
import io.keyturn.rotation.saga.Change;
import io.keyturn.rotation.saga.Command;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Purpose;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.saga.RotationSaga;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.Situation;
import io.keyturn.rotation.saga.UndoStep;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.standin.BrokenTargetDouble;
import io.keyturn.rotation.standin.FussyTargetDouble;
import io.keyturn.rotation.standin.IssuingTargetDouble;
import io.keyturn.rotation.standin.KeysDouble;
import io.keyturn.rotation.standin.OwnerPublisherDouble;
import io.keyturn.rotation.standin.SlowTargetDouble;
import io.keyturn.rotation.standin.StagedStoreDouble;
import io.keyturn.rotation.standin.TargetProviderDouble;
import io.keyturn.rotation.target.Target;
import io.keyturn.rotation.target.TargetProvider;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs carried out by the real steps and the real state machine with kinds that do not exist yet: a target that issues its keys, one
 * that takes long, a store with staging labels, a publication that an owner writes beside a Secret that we write. The kinds are
 * doubles; the Kubernetes API is not.
 */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class OtherKindsIT {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration STEP = Duration.ofSeconds(2);

    @Inject
    Steps steps;

    @Inject
    Targets targets;

    @Inject
    StagedStoreDouble store;

    @Inject
    OwnerPublisherDouble owner;

    @Inject
    TargetProviderDouble provider;

    @Inject
    @All
    List<SecretStore> stores;

    @Inject
    @All
    List<Publisher> publishers;

    @Inject
    @All
    List<TargetProvider> providers;

    private final String namespace = "kinds-" + NUMBER.incrementAndGet();
    private final RotationId run = new RotationId("r" + System.nanoTime());
    private final KeysDouble keys = new KeysDouble();
    private final List<String> course = new ArrayList<>();

    @BeforeEach
    void createNamespace() {
        Testbed.shared().kubernetes().createNamespace(namespace);
    }

    @Test
    void secondKindOfEachIsKnownBesideTheFirst() {
        assertThat(stores).hasSize(2);
        assertThat(publishers).hasSize(2);
        assertThat(providers).hasSize(2);
    }

    @Test
    void everyKindReadsItsOwnBranchAndAllFaultsAreToldAtOnce() throws Exception {
        var spec = EventJson.mapper().readValue("""
                {"target": {"postgres": {"host": "db", "database": "orders", "strategy": "SingleRole", "role": "a",
                                         "admin": {"vault": {"path": "other/admin"}}}},
                 "store": {},
                 "publish": [{"secret": {"name": "orders-db", "data": {"password": "{passwort}"}}}, {}]}
                """, SecretRotationSpec.class);

        assertThat(targets.read(ObjectRef.secretRotation("forbidden", "orders"), "uid", spec))
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .extracting(Fault::field)
                                .containsExactly(
                                        "spec.target.postgres.admin.vault.path",
                                        "spec.store.double",
                                        "spec.publish[0].secret.data.password",
                                        "spec.publish[1].double"));
    }

    @Test
    void specThatAKindCannotReadIsFaultyAndItsTextIsNotTold() throws Exception {
        provider.breakReading(namespace);
        var spec = EventJson.mapper().readValue("{\"target\": {}, \"store\": {}}", SecretRotationSpec.class);

        assertThat(targets.read(ObjectRef.secretRotation(namespace, "orders"), "uid", spec))
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .singleElement()
                                .satisfies(fault -> assertThat(fault.field()).isEqualTo("spec"))
                                .satisfies(fault -> assertThat(fault.toString())
                                        .contains("IllegalStateException", "report it")
                                        .doesNotContain("hunter2")));
    }

    @Test
    void keyThatTheTargetIssuesReachesStoreAndBothPublications() {
        var policy = policy(new IssuingTargetDouble(keys));
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        var principal = ((RotationState.Succeeded) end).principal();
        assertThat(principal).isNotEqualTo("key-0");
        assertThat(keys.principals()).containsExactly(principal);
        assertThat(store.labelsOf(policy)).containsExactly("current");
        try (var live = live(policy);
                var owned = owner.published(namespace).orElseThrow()) {
            assertThat(keys.accepts(live)).isTrue();
            assertThat(owned.sameAs(live)).isTrue();
            assertThat(published("user")).isEqualTo(principal);
            assertThat(live.secret().useString(published("password")::equals)).isTrue();
        }
        assertThat(course)
                .as("what is written is noted, then the rest is waited for")
                .containsSubsequence("PartlyWritten", "Promoted", "PartlyWritten", "Written", "AwaitingConsumers");
    }

    @Test
    void keyThatWasIssuedBeforeACrashIsNotLeftBehind() {
        var target = new IssuingTargetDouble(keys);
        var policy = policy(target);
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");
        try (var live = live(policy)) {
            lost(target, live);
        }

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        assertThat(keys.principals()).containsExactly(((RotationState.Succeeded) end).principal());
    }

    @Test
    void wayBackTakesAwayWhatWasIssuedAndNeverKept() {
        var target = new IssuingTargetDouble(keys);
        var policy = policy(target);
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");
        var generated = step(policy, new Requested(Purpose.ROTATE));
        assertThat(generated)
                .isInstanceOfSatisfying(
                        Generated.class,
                        state -> assertThat(state.change().to()).isNull());
        try (var live = live(policy)) {
            lost(target, live);
        }
        assertThat(keys.principals()).hasSize(2);

        var back = RotationSaga.decide(
                        generated,
                        new Input.Rejected(RotationReason.TARGET_REFUSED),
                        situation(policy, Instant.now(), 0))
                .next();

        assertThat(drive(policy, back)).isInstanceOf(RotationState.RolledBack.class);
        assertThat(keys.principals()).containsExactly("key-0");
        assertThat(store.labelsOf(policy)).containsExactly("current");
    }

    /** A process that stood still for long after it had looked. */
    @Test
    void keyThatAnotherProcessHasKeptMeanwhileIsNotIssuedAgain() {
        var target = new IssuingTargetDouble(keys);
        var policy = policy(target);
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");
        try (var slow = steps.bench()) {
            var context = new RunContext(ref(), policy, 1, null, slow);
            var generated = RotationSaga.decide(
                            new Requested(Purpose.ROTATE),
                            steps.carryOut(new Command.Prepare(), context),
                            situation(policy, Instant.now(), 0))
                    .next();
            assertThat(step(policy, generated, 2)).isInstanceOf(RotationState.Applied.class);
            var issued = keys.principals();

            steps.carryOut(requireNonNull(RotationSaga.command(generated)), context);

            assertThat(keys.principals()).hasSize(2).isEqualTo(issued);
        }
    }

    /** By what it knows the run has issued a key and no more; in truth it was published. */
    @Test
    void keyThatIsPublishedIsTakenBackFromItsReadersFirstAfterTheLastCommitsWereLost() {
        var policy = policy(new IssuingTargetDouble(keys));
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");
        RotationState state = new Requested(Purpose.ROTATE);
        RotationState applied = null;
        for (int i = 0; i < 100 && !(state instanceof RotationState.AwaitingConsumers); i++) {
            state = step(policy, state);
            applied = state instanceof RotationState.Applied ? state : applied;
        }
        assertThat(published("user")).isNotEqualTo("key-0");

        var back = RotationSaga.decide(
                        requireNonNull(applied),
                        new Input.Rejected(RotationReason.TEST_FAILED),
                        situation(policy, Instant.now(), 0))
                .next();

        assertThat(drive(policy, back)).isEqualTo(new RotationState.RolledBack(RotationReason.TEST_FAILED));
        assertThat(course).containsSubsequence("Done", "FoundPublished", "Written", "Done", "RolledBack");
        assertThat(keys.principals()).containsExactly("key-0");
        assertThat(published("user")).isEqualTo("key-0");
        try (var live = live(policy)) {
            assertThat(live.principal()).isEqualTo("key-0");
        }
    }

    /** Its way back had set the store back and no more, which was lost as well: it begins anew on the value that it keeps. */
    @Test
    void valueThatIsStillPublishedHasItsReadersSinceNobodyKnowsWhen() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var generated = driveTo(Generated.class, policy);
        RotationState state = generated;
        for (int i = 0; i < 100 && !(state instanceof RotationState.AwaitingConsumers); i++) {
            state = step(policy, state);
        }
        store.put(policy, "key-a", "first-value");
        var change = generated.change();
        var anew = new Generated(new Change(
                change.from(), change.to(), change.fromIsOurs(), change.overlap(), change.baseVersion() + 2));

        assertThat(carryOut(anew, policy, 2)).isEqualTo(new Input.Applied("key-b", true));
    }

    /** Whoever has taken the run over looks once more, when the readers have moved. */
    @Test
    void loginThatIsRefusedSendsNoReadersBackAtOnceAndALiveValueOfSomebodyElseDoes() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var awaiting = driveTo(RotationState.AwaitingConsumers.class, policy);

        keys.add("key-b", "set-by-somebody");
        assertThat(carryOut(awaiting, policy, 2)).isInstanceOf(Input.Waiting.class);

        store.put(policy, "key-b", "set-by-somebody");
        assertThat(carryOut(awaiting, policy, 2)).isEqualTo(new Input.Rejected(RotationReason.STORE_CHANGED));
    }

    /** The run before has failed in between: what it left published works. */
    @Test
    void principalThatReadersAreLedToIsNotTheNextOne() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        driveTo(RotationState.AwaitingConsumers.class, policy);
        store.put(policy, "key-a", "first-value");

        assertThat(prepareAnother(policy)).isEqualTo(new Input.Rejected(RotationReason.PUBLICATION_CHANGED));
        assertThat(keys.principals()).containsExactly("key-a", "key-b");

        keys.add("key-b", "something-else");
        assertThat(prepareAnother(policy))
                .as("what is published does not work anyway")
                .isInstanceOf(Input.Prepared.class);
    }

    private Input prepareAnother(RotationPolicy policy) {
        var later = new RunRef(new RotationId("later"), ref().policy());
        try (var bench = steps.bench()) {
            return steps.carryOut(new Command.Prepare(), new RunContext(later, policy, 3, null, bench));
        }
    }

    /** A later run, of which the database of the runs has lost all, is about to publish what it has made live. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatOthersHaveLeftIsDeletedOnlyWhereTheLiveValueIsPublished(boolean isPublished) {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var retired = driveTo(RotationState.Retired.class, policy);
        var lost = new RotationId("lost");
        try (var theirs = new Credential("key-a", SecretValue.copyOf("their-value"))) {
            store.keep(policy, lost, SecretStore.Slot.PENDING, new SecretStore.Kept(theirs, 1, 1));
        }
        if (!isPublished) {
            keys.add("key-a", "their-value");
            store.put(policy, "key-a", "their-value");
        }

        assertThat(drive(policy, retired)).isInstanceOf(RotationState.Succeeded.class);

        assertThat(((Outcome.Done<List<RotationId>>) store.keptRuns(policy)).value())
                .isEqualTo(isPublished ? List.of() : List.of(lost));
        assertThat(keys.log().getLast().equals("fenced key-a"))
                .as("who has kept it may still be about to set it")
                .isEqualTo(isPublished);
    }

    /** By what it knows the run has told the target and no more; in truth it was past its return. */
    @Test
    void valueThatWasToDieFirstIsNotSetAgainAfterTheLastCommitsWereLost() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var known = driveTo(RotationState.Applied.class, policy);
        assertThat(step(policy, step(policy, known))).isInstanceOf(RotationState.Promoted.class);
        var emergency = new RotationState.Applied(known.change().with(Retirement.BEFORE_READERS), known.appliedAt());

        var back = RotationSaga.decide(
                        emergency, new Input.Rejected(RotationReason.ABORTED), situation(policy, Instant.now(), 0))
                .next();

        assertThat(drive(policy, back)).isInstanceOf(RotationState.Succeeded.class);
        assertThat(course).startsWith("FoundLive", "Promoted", "OldRefused", "Promoted");
        assertThat(keys.principals()).containsExactly("key-b");
        assertThat(published("user")).isEqualTo("key-b");
    }

    @Test
    void storeThatTakesNothingDoesNotHoldUpTheWayBackToItsLiveValue() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var state = driveTo(RotationState.Applied.class, policy);
        var back = RotationSaga.decide(
                        state, new Input.Rejected(RotationReason.TEST_FAILED), situation(policy, Instant.now(), 0))
                .next();
        store.takeNothing(policy);
        var retract = step(policy, back, 2);

        assertThat(step(policy, retract, 2))
                .isInstanceOfSatisfying(
                        RotationState.Compensating.class,
                        next -> assertThat(next.remaining()).containsExactly(UndoStep.DISCARD));
        assertThat(keys.principals()).containsExactly("key-a");
    }

    /** It was published, and set back, before the last commits were lost. */
    @Test
    void failedValueIsNotTakenFromWhoIsLoggedInWithIt() throws Exception {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var applied = driveTo(RotationState.Applied.class, policy);
        var retract = step(
                policy,
                RotationSaga.decide(
                                applied,
                                new Input.Rejected(RotationReason.TEST_FAILED),
                                situation(policy, Instant.now(), 0))
                        .next());

        try (var reader = new Credential("key-b", SecretValue.copyOf("whatever"));
                var _ = keys.session(reader)) {
            assertThat(carryOut(retract, policy, 1)).isEqualTo(new Input.Waiting(RotationReason.SESSIONS_STUCK));
            assertThat(keys.principals()).containsExactly("key-a", "key-b");
        }

        assertThat(drive(policy, retract)).isInstanceOf(RotationState.RolledBack.class);
        assertThat(keys.principals()).containsExactly("key-a");
    }

    @Test
    void whoTakesARunOverRaisesTheNumberBeforeHePromotes() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var state = driveTo(RotationState.Tested.class, policy);
        var before = keys.log();

        assertThat(step(policy, state, 2)).isInstanceOf(RotationState.Promoted.class);
        assertThat(keys.log()).startsWith(before.toArray(String[]::new)).endsWith("fenced key-b");
    }

    @Test
    void principalThatIsNotOursIsNotEvenFenced() {
        var policy = policy(new FussyTargetDouble(keys, 0));
        keys.add("somebody", "first-value");
        store.put(policy, "somebody", "first-value");

        assertThat(drive(policy, new Requested(Purpose.ROTATE))).isInstanceOf(RotationState.Succeeded.class);
        assertThat(keys.log()).contains("fenced key-a").doesNotContain("fenced somebody");
    }

    @Test
    void issuedKeyThatConsumersCannotGetIsTakenAwayAgain() {
        var policy = policy(new IssuingTargetDouble(keys));
        keys.add("key-0", "first-value");
        store.put(policy, "key-0", "first-value");
        var state = driveTo(RotationState.Promoted.class, policy);

        var back = RotationSaga.decide(
                        state,
                        new Input.Rejected(RotationReason.PUBLICATION_REFUSED),
                        situation(policy, Instant.now(), 0))
                .next();

        assertThat(drive(policy, back)).isInstanceOf(RotationState.RolledBack.class);
        assertThat(keys.principals()).containsExactly("key-0");
        assertThat(published("user")).isEqualTo("key-0");
        try (var owned = owner.published(namespace).orElseThrow()) {
            assertThat(owned.principal()).isEqualTo("key-0");
        }
    }

    @Test
    void targetMayTakeLongerThanAnyStep() {
        var policy = policy(new SlowTargetDouble(keys, new AtomicInteger(30)));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        assertThat(keys.principals()).containsExactly("key-b");
        assertThat(course.stream().filter("Waiting"::equals).count()).isEqualTo(29);
    }

    @Test
    @Proves("R11")
    void refusedValueIsReplacedByAnother() {
        var target = new FussyTargetDouble(keys, 2);
        var policy = policy(target);
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        assertThat(course).filteredOn("ValueRefused"::equals).hasSize(2);
        assertThat(target.told()).hasSize(3);
        assertThat(keys.principals()).containsExactly("key-b");
        try (var live = live(policy)) {
            assertThat(live.secret().useString(target.told().getLast()::equals)).isTrue();
        }
        assertThat(store.labelsOf(policy)).containsExactly("current");
    }

    @Test
    void valueThatWasLiveLatelyIsNotUsedAgain() {
        var target = new FussyTargetDouble(keys, 0);
        var policy = policy(target);
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        store.takeForOld(policy);

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        assertThat(target.told())
                .hasSize(1)
                .doesNotContain(store.takenForOld(policy).orElseThrow());
    }

    @Test
    @Proves("R11")
    void targetThatRefusesThreeValuesTurnsTheRunBackAndNothingIsLeftBehind() {
        var target = new FussyTargetDouble(keys, 3);
        var policy = policy(target);
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isEqualTo(new RotationState.RolledBack(RotationReason.TARGET_REFUSED));
        assertThat(target.told()).hasSize(3);
        assertThat(keys.principals()).containsExactly("key-a");
        assertThat(store.labelsOf(policy)).containsExactly("current");
    }

    @Test
    void valueThatTheTargetHasTakenAfterAllIsNotReplaced() {
        var target = new FussyTargetDouble(keys, 1);
        var policy = policy(target);
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");
        var state = driveTo(RotationState.ValueRefused.class, policy);
        keys.add("key-b", target.told().getFirst());

        var end = drive(policy, state);

        assertThat(end).isInstanceOf(RotationState.Succeeded.class);
        try (var live = live(policy)) {
            assertThat(live.secret().useString(target.told().getFirst()::equals))
                    .isTrue();
        }
    }

    @Test
    void targetThatThrowsTurnsTheRunBackAtTheDeadlineOfItsStep() {
        var policy = policy(new BrokenTargetDouble(keys));
        keys.add("key-a", "first-value");
        store.put(policy, "key-a", "first-value");

        var end = drive(policy, new Requested(Purpose.ROTATE));

        assertThat(end).isEqualTo(new RotationState.RolledBack(RotationReason.TARGET_UNREACHABLE));
        assertThat(keys.principals()).containsExactly("key-a");
        assertThat(store.labelsOf(policy)).containsExactly("current");
        assertThat(course)
                .as("it is tried again, then given up")
                .containsSubsequence("Generated", "Unavailable", "Unavailable", "Compensating", "Done", "RolledBack");
    }

    private RotationPolicy policy(Target target) {
        provider.stand(namespace, target);
        var spec = new SecretRotationSpec(
                null,
                null,
                new SecretRotationSpec.Target(null),
                new SecretRotationSpec.Store(null),
                List.of(
                        Policies.secret(Map.of("user", "{username}", "password", "{password}")),
                        new SecretRotationSpec.Publication(null)),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        var result = targets.read(ObjectRef.secretRotation(namespace, "orders"), "uid", spec);
        assertThat(result).isInstanceOf(Result.Usable.class);
        var policy = ((Result.Usable) result).policy();
        assertThat(policy.secrets())
                .containsExactly(ObjectRef.secret(namespace, "orders-db"), ObjectRef.secret(namespace, "owned"));
        return policy;
    }

    /** Issues a key whose answer is lost. */
    private void lost(IssuingTargetDouble target, Credential live) {
        target.issue(run, live).then(issued -> {
            issued.close();
            return Outcome.done();
        });
    }

    /** Drives a run to its end, on a clock of its own that only pauses move. */
    private RotationState drive(RotationPolicy policy, RotationState from) {
        var state = from;
        var now = Instant.now();
        var since = now;
        int tries = 0;
        for (int i = 0; i < 200 && !state.isOver(); i++) {
            var input = carryOut(state, policy, 1);
            var decision = RotationSaga.decide(state, input, new Situation(ref(), now, since, tries, limits(policy)));
            course.add(input.getClass().getSimpleName());
            now = now.plus(decision.delay());
            tries = decision.again() ? tries + 1 : 0;
            if (!decision.again()) {
                since = now;
                state = decision.next();
                course.add(state.getClass().getSimpleName());
            }
        }
        return state;
    }

    /** Up to a kind of state that a run comes by. */
    private <S extends RotationState> S driveTo(Class<S> kind, RotationPolicy policy) {
        RotationState state = new Requested(Purpose.ROTATE);
        while (!kind.isInstance(state)) {
            state = step(policy, state);
        }
        return kind.cast(state);
    }

    private RotationState step(RotationPolicy policy, RotationState state) {
        return step(policy, state, 1);
    }

    private RotationState step(RotationPolicy policy, RotationState state, long claim) {
        var input = carryOut(state, policy, claim);
        return RotationSaga.decide(state, input, situation(policy, Instant.now(), 0))
                .next();
    }

    private Situation situation(RotationPolicy policy, Instant now, int tries) {
        return new Situation(ref(), now, now, tries, limits(policy));
    }

    private static Situation.Limits limits(RotationPolicy policy) {
        return new Situation.Limits(
                STEP, requireNonNull(policy.patience()), policy.consumerDeadline(), policy.grace(), STEP, 3, false);
    }

    private Input carryOut(RotationState state, RotationPolicy policy, long claim) {
        try (var bench = steps.bench()) {
            return steps.carryOut(
                    requireNonNull(RotationSaga.command(state)), new RunContext(ref(), policy, claim, null, bench));
        }
    }

    private RunRef ref() {
        return new RunRef(run, ObjectRef.secretRotation(namespace, "orders"));
    }

    private Credential live(RotationPolicy policy) {
        return ((Outcome.Done<Optional<SecretStore.Versioned>>) store.live(policy))
                .value()
                .orElseThrow()
                .credential();
    }

    private String published(String key) {
        var secret = Testbed.shared()
                .kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName("orders-db")
                .get();
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }
}
