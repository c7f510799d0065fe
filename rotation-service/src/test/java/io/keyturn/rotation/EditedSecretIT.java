package io.keyturn.rotation;

import java.sql.SQLException;
import java.util.Map;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.HeldRole;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Somebody edits the published Secret while a run is under way: what he wrote stays, and the run stops and says so. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class EditedSecretIT extends Scenario {
    private static final String THEIRS = "edited by hand";
    private static final String BY_HAND = "rotated-by-hand";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void editBeforeThePublicationIsNotWrittenOver(boolean alternating) throws SQLException {
        var policy = wholly(alternating);
        var run = newRun();
        try (var held = new HeldRole(alternating ? shop.roleB : shop.roleA)) {
            state(policy, run, last(policy), null);
            held.awaitSomebodyWaiting();
            edit();
            held.letGo();
        }

        awaitRolledBack(run);
        assertThat(Topics.of(run))
                .extracting(envelope -> envelope.event())
                .as("nothing was published, there or back")
                .noneMatch(RotationPublished.class::isInstance);
        assertThatItIsTheirs();
        assertThatThePreviousValueIsInForce();
    }

    @Test
    void editBeforeTheReadersHaveMovedIsNotWrittenOverOnTheWayBack() {
        var policy = wholly(true, "consumers: {deadline: 4s}");
        var reader = shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");

        edit();
        shop.end(reader);

        awaitRolledBack(run);
        assertThatItIsTheirs();
        assertThatThePreviousValueIsInForce();
    }

    @Test
    void editOnTheWayBackIsNotWrittenOver() throws SQLException {
        var policy = wholly(false, "onFailure: Pause", "consumers: {deadline: 5s}");
        shop.reader();
        var run = abortedWhile(policy, this::edit);

        awaitRolledBack(run);
        assertThatItIsTheirs();
        assertThatThePreviousValueIsInForce();
    }

    @Test
    void runThatPausesGoesOnOnceTheEditIsTakenBack() throws SQLException {
        var policy = wholly(true, "onFailure: Pause");
        var run = editedWhileTheTargetIsTold(policy);
        var ready = awaitCondition("Ready", "False", "Paused");
        assertThat(ready.message()).contains("PUBLICATION_CHANGED", "keyturn.io/retry=" + run + ".1");
        assertThatItIsTheirs();

        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/retry\": \"" + run + ".1\"}}}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                awaitCondition("Ready", "False", "Paused").message())
                        .contains(run + ".2"));
        assertThatItIsTheirs();

        put(Map.of("password", shop.firstPassword));
        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/retry\": \"" + run + ".2\"}}}");

        awaitOutcome("Succeeded", run);
        assertThat(shop.published("user")).isEqualTo(shop.roleB);
    }

    @Test
    void runThatPausesGoesBackAroundTheEdit() throws SQLException {
        var policy = wholly(true, "onFailure: Pause");
        var run = editedWhileTheTargetIsTold(policy);
        awaitCondition("Ready", "False", "Paused");

        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/abort\": \"" + run + "\"}}}");

        awaitRolledBack(run);
        assertThatItIsTheirs();
        assertThatThePreviousValueIsInForce();
    }

    /** At the target and in the Secret, but not in Vault: his is the only value that works. */
    @Test
    void whoHasRotatedByHandButForTheStoreKeepsHisValue() {
        var policy = wholly(false, "consumers: {deadline: 4s}");
        var reader = shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");

        Testbed.shared().postgres().execute("postgres", "alter role \"" + shop.roleA + "\" password '" + BY_HAND + "'");
        put(Map.of("user", shop.roleA, "password", BY_HAND, "URL", url(BY_HAND)));
        shop.end(reader);

        awaitRolledBack(run);
        assertThat(shop.published("password")).isEqualTo(BY_HAND);
        assertThat(shop.accepts(shop.roleA, BY_HAND)).isTrue();
        assertThat(shop.live().get("password").asText())
                .as("the store had the failed value, and the previous one works no more")
                .isEqualTo(BY_HAND);
    }

    /** The way back had looked before, and sets the previous value over his a moment later. */
    @Test
    void whoRotatesByHandJustWhenTheWayBackSetsThePreviousValueHasHisSetAgain() throws SQLException {
        var policy = wholly(false, "onFailure: Pause", "consumers: {deadline: 5s}");
        var reader = shop.reader();
        var run = abortedWhile(policy, () -> {
            shop.vault("db", shop.roleA, BY_HAND);
            put(Map.of("user", shop.roleA, "password", BY_HAND, "URL", url(BY_HAND)));
        });
        shop.end(reader);

        awaitOutcome("RolledBack", run);
        assertThat(shop.published("password")).isEqualTo(BY_HAND);
        assertThat(shop.accepts(shop.roleA, BY_HAND)).isTrue();
        assertThat(shop.live().get("password").asText()).isEqualTo(BY_HAND);
        assertThat(shop.keptRuns("orders")).isEmpty();
    }

    @Test
    void whatWasNotTheLiveValueBeforeTheRunIsWrittenOver() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.secret(Map.of("user", "nobody", "password", "a mess"));
        var policy = shop.alternating("orders");
        awaitCondition("Adopted", "True", "CredentialProven");
        var run = newRun();

        state(policy, run, last(policy), null);

        awaitOutcome("Succeeded", run);
        assertThat(shop.published("user")).isEqualTo(shop.roleB);
    }

    /** Every key holds the live value, as after any run. */
    private SecretRotation wholly(boolean alternating, String... more) {
        var policy = adopted(alternating, more);
        put(Map.of("URL", url(shop.firstPassword)));
        return policy;
    }

    private String url(String password) {
        return "postgresql://%s:%s@localhost:%d/%s"
                .formatted(shop.roleA, password, Testbed.shared().postgres().port(), shop.namespace);
    }

    private void edit() {
        put(Map.of("user", shop.roleA, "password", THEIRS));
    }

    private void put(Map<String, String> content) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(shop.secret())
                .edit(secret ->
                        new SecretBuilder(secret).addToStringData(content).build());
    }

    /** A run whose Secret somebody edits before anything is published. */
    private RotationId editedWhileTheTargetIsTold(SecretRotation policy) throws SQLException {
        var run = newRun();
        try (var held = new HeldRole(shop.roleB)) {
            state(policy, run, last(policy), null);
            held.awaitSomebodyWaiting();
            edit();
            held.letGo();
        }
        return run;
    }

    /** A run that pauses and is sent back; it happens between its look and the setting of the previous value. */
    private RotationId abortedWhile(SecretRotation policy, Runnable what) throws SQLException {
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitCondition("Ready", "False", "Paused");
        try (var held = new HeldRole(shop.roleA)) {
            patch("{\"metadata\": {\"annotations\": {\"keyturn.io/abort\": \"" + run + "\"}}}");
            held.awaitSomebodyWaiting();
            what.run();
            held.letGo();
        }
        return run;
    }

    private void awaitRolledBack(RotationId run) {
        awaitOutcome("RolledBack", run);
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(RotationReason.PUBLICATION_CHANGED));
        awaitCondition("Ready", "False", "PUBLICATION_CHANGED");
        assertThat(shop.keptRuns("orders")).isEmpty();
    }

    private void assertThatItIsTheirs() {
        assertThat(shop.published("user")).isEqualTo(shop.roleA);
        assertThat(shop.published("password")).isEqualTo(THEIRS);
    }

    private void assertThatThePreviousValueIsInForce() {
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
    }
}
