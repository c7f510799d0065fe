package io.keyturn.rotation;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.topic.Service;
import io.keyturn.rotation.bed.HeldRole;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A SecretRotation that is deleted in mid-run stays there until its run is over, and no longer. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class DeletedRotationIT extends Scenario {
    private static final String THEIRS = "example.org/theirs";

    @Test
    void runGoesBackWhileTheObjectTellsOfIt() throws SQLException {
        var policy = adopted(true);
        assertThat(finalizers()).as("no run").isEmpty();
        var run = newRun();
        try (var held = new HeldRole(shop.roleB)) {
            state(policy, run, last(policy), null);
            held.awaitSomebodyWaiting();
            assertThat(finalizers()).containsExactly(SecretRotation.FINALIZER);

            delete();
            assertThat(shop.find("orders").isMarkedForDeletion()).isTrue();
            awaitPhase("Generated");
            // Who waits for the role has been told to apply; what follows is the way back.
            held.letGo();
        }

        awaitGone();
        assertThatItHasGoneBack(run);
    }

    @Test
    void publishedValueIsTakenBackAndStatusSaysSo() {
        var policy = adopted(true);
        shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");
        var published = Instant.now();
        await().until(() -> Instant.now().isAfter(published.plusSeconds(2)));
        var onTheNewValue = shop.reader("orders-worker");

        delete();

        awaitPhase("Compensating");
        assertThat(shop.find("orders").isMarkedForDeletion()).isTrue();
        shop.end(onTheNewValue);
        awaitGone();
        assertThatItHasGoneBack(run);
        assertThat(shop.published("user")).isEqualTo(shop.roleA);
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
    }

    @Test
    void runWithoutAWayBackFinishes() {
        var policy = adopted(true, "retire: {after: 4s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");

        delete();

        assertThat(shop.find("orders").getStatus().phase()).isEqualTo("ConsumersMoved");
        awaitGone();
        assertThat(name(Topics.of(run).getLast())).isEqualTo("RotationSucceeded");
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Test
    void pausedRunGoesBack() {
        var policy = adopted(true, "onFailure: Pause", "consumers: {deadline: 4s}");
        shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitCondition("Ready", "False", "Paused");
        assertThat(finalizers()).containsExactly(SecretRotation.FINALIZER);

        delete();

        awaitGone();
        assertThatItHasGoneBack(run);
    }

    @Test
    void objectWithoutARunIsGoneAtOnce() {
        adopted(true);

        delete();

        assertThat(shop.find("orders")).isNull();
    }

    @Test
    void objectWhoseRunIsOverIsGoneAtOnce() {
        var policy = adopted(true);
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(finalizers()).isEmpty());

        delete();

        assertThat(shop.find("orders")).isNull();
    }

    /** There is nothing in Vault yet, so it is tried again and again. */
    @Test
    void adoptionHoldsNothing() {
        shop.alternating("orders");
        awaitCondition("Adopted", "False", "NOTHING_TO_ADOPT");
        assertThat(finalizers()).isEmpty();

        delete();

        assertThat(shop.find("orders")).isNull();
    }

    @Test
    void repairHoldsNothing() throws SQLException {
        var policy = adopted(false);
        Testbed.shared().postgres().execute("postgres", "alter role \"" + shop.roleA + "\" password 'older'");
        try (var held = new HeldRole(shop.roleA)) {
            var uid = new Uid(policy.getMetadata().getUid());
            Topics.state(
                    Service.WATCHER,
                    new RotationRequested(
                            policy.ref(), uid, newRun(), RequestReason.DRIFT, last(policy), null, null, Instant.now()),
                    null);
            held.awaitSomebodyWaiting();
            assertThat(finalizers()).isEmpty();

            delete();

            assertThat(shop.find("orders")).isNull();
            held.letGo();
        }
    }

    @Test
    void runThatWaitsForAnApprovalHoldsNothing() {
        var policy = adopted(true, "approval: Required");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitCondition("Approved", "False", "AwaitingApproval");

        delete();

        assertThat(shop.find("orders")).isNull();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run).getLast().event())
                        .isInstanceOfSatisfying(
                                RotationFailed.class,
                                event -> assertThat(event.reason()).isEqualTo(RotationReason.DELETED)));
    }

    /** As a process leaves it behind that dies between the end of a run and what follows; who starts sees an object that is there. */
    @Test
    void finalizerThatWasLeftBehindIsTakenAwayAndThoseOfOthersStay() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.alternating("orders");
        put(SecretRotation.FINALIZER, THEIRS);
        delete();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(finalizers()).containsExactly(THEIRS));
        await().during(Duration.ofSeconds(2)).until(() -> shop.find("orders").isMarkedForDeletion());

        put();
        awaitGone();
    }

    @Test
    void finalizersOfOthersOutlastARun() {
        var policy = adopted(true);
        put(THEIRS);
        var run = newRun();

        state(policy, run, last(policy), null);

        awaitOutcome("Succeeded", run);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(finalizers()).containsExactly(THEIRS));
        delete();
        var next = newRun();
        state(policy, next, run, null);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(next).getLast().event())
                        .as("nothing begins for what is deleted")
                        .isInstanceOfSatisfying(
                                RotationFailed.class,
                                event -> assertThat(event.reason()).isEqualTo(RotationReason.DELETED)));
        put();
        awaitGone();
    }

    private List<String> finalizers() {
        return new ArrayList<>(shop.find("orders").getMetadata().getFinalizers());
    }

    private void put(String... finalizers) {
        var quoted = List.of(finalizers).stream().map(name -> '"' + name + '"').toList();
        Testbed.shared()
                .kubernetes()
                .admin()
                .resources(SecretRotation.class)
                .inNamespace(shop.namespace)
                .withName("orders")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": " + quoted + "}}");
    }

    private void delete() {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resources(SecretRotation.class)
                .inNamespace(shop.namespace)
                .withName("orders")
                .delete();
    }

    private void awaitGone() {
        await().atMost(PATIENCE).until(() -> shop.find("orders") == null);
    }

    private void assertThatItHasGoneBack(RotationId run) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run).getLast().event())
                        .isInstanceOfSatisfying(
                                RotationRolledBack.class,
                                event -> assertThat(event.reason()).isEqualTo(RotationReason.DELETED)));
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
        assertThat(shop.keptRuns("orders")).isEmpty();
    }
}
