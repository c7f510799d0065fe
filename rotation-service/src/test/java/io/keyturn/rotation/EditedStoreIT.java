package io.keyturn.rotation;

import io.fabric8.kubernetes.api.model.Pod;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody writes the live value after the run has made its own live, and the run turns back for something else: what he wrote stays,
 * and the end says so.
 */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class EditedStoreIT extends Scenario {
    private static final String THEIRS = "written-by-hand";

    /** Nobody has set it at the target: readers get the previous one, which is kept since the live one does not work. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void liveValueThatDoesNotWorkYetIsLeftAlone(boolean alternating) {
        var begun = paused(alternating);

        shop.vault("db", shop.roleA, THEIRS);
        sendBack(begun);

        awaitFailed(begun.run(), RotationReason.STORE_CHANGED);
        assertThat(shop.live().get("password").asText()).isEqualTo(THEIRS);
        assertThat(shop.published("user")).isEqualTo(shop.roleA);
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
    }

    /** Where two roles take turns he may set either one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHasRotatedTheOldRoleByHandHasHisValuePublished(boolean alternating) {
        var begun = paused(alternating);

        setByHand(shop.roleA);
        sendBack(begun);

        awaitRolledBack(begun.run(), RotationReason.STORE_CHANGED);
        assertThatHisIsInForce(shop.roleA);
    }

    /** The way back takes nothing from the role that the run has opened, for it is his by now. */
    @Test
    void whoHasRotatedTheNewRoleByHandHasHisValuePublished() {
        var begun = paused(true);

        setByHand(shop.roleB);
        sendBack(begun);

        awaitRolledBack(begun.run(), RotationReason.STORE_CHANGED);
        assertThatHisIsInForce(shop.roleB);
    }

    /** A login that no role of the target accepts is not what two roles go back to, whatever the Secret says. */
    @Test
    void valueOfTheStoreThatIsPublishedButRefusedIsNotTakenWithTwoRoles() {
        var begun = paused(true);

        shop.vault("db", shop.roleA, THEIRS);
        shop.publish(shop.roleA, THEIRS);
        sendBack(begun);

        // The Secret was edited too, and comes last.
        awaitFailed(begun.run(), RotationReason.PUBLICATION_CHANGED);
        assertThat(shop.live().get("password").asText()).isEqualTo(THEIRS);
        assertThat(shop.published("password")).isEqualTo(THEIRS);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.accepts(shop.roleA, THEIRS)).isFalse();
    }

    /** Not theirs but the same as before: there is nothing to look at. */
    @Test
    void whoHasPutThePreviousValueBackHasChangedNothing() {
        var begun = paused(true);

        shop.vault("db", shop.roleA, shop.firstPassword);
        sendBack(begun);

        awaitRolledBack(begun.run(), RotationReason.ABORTED);
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
        assertThat(shop.liveVersion()).isEqualTo(3);
    }

    /** As a way back does, of which the database of the runs has lost the account: what readers are led to is what is live. */
    @ParameterizedTest
    @CsvSource({"false, Published", "false, ConsumersMoved", "true, Published", "true, ConsumersMoved"})
    void whoPutsThePreviousValueBackWhileTheRunGoesOnHasItPublishedAgain(boolean alternating, String phase) {
        var policy = adopted(alternating, "retire: {after: 3s}");
        var reader = shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");
        if (phase.equals("Published")) {
            shop.vault("db", shop.roleA, shop.firstPassword);
            shop.end(reader);
        } else {
            shop.end(reader);
            awaitPhase(phase);
            shop.vault("db", shop.roleA, shop.firstPassword);
        }

        awaitRolledBack(run, RotationReason.STORE_CHANGED);
        assertThat(Topics.of(run).stream().anyMatch(e -> name(e).equals("RotationConsumersMoved")))
                .isEqualTo(phase.equals("ConsumersMoved"));
        assertThat(shop.published("user")).isEqualTo(shop.roleA);
        assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
    }

    /** A run whose value is live and published, and whose reader has not moved. */
    private record Begun(RotationId run, Pod reader) {}

    private Begun paused(boolean alternating) {
        var policy = adopted(alternating, "onFailure: Pause", "consumers: {deadline: 4s}");
        var reader = shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        assertThat(awaitCondition("Ready", "False", "Paused").message()).contains("CONSUMERS_STUCK");
        return new Begun(run, reader);
    }

    private void sendBack(Begun begun) {
        shop.end(begun.reader());
        patch("{\"metadata\": {\"annotations\": {\"keyturn.io/abort\": \"" + begun.run() + "\"}}}");
    }

    private void setByHand(String role) {
        Testbed.shared().postgres().execute("postgres", "alter role \"" + role + "\" login password '" + THEIRS + "'");
        shop.vault("db", role, THEIRS);
    }

    private void assertThatHisIsInForce(String role) {
        assertThat(shop.accepts(role, THEIRS)).isTrue();
        assertThat(shop.live().get("username").asText()).isEqualTo(role);
        assertThat(shop.live().get("password").asText()).isEqualTo(THEIRS);
        assertThat(shop.published("user")).isEqualTo(role);
        assertThat(shop.published("password")).isEqualTo(THEIRS);
    }

    private void awaitFailed(RotationId run, RotationReason reason) {
        awaitOutcome("Failed", run);
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationFailed.class,
                        event -> assertThat(event.reason()).isEqualTo(reason));
        awaitCondition("Ready", "False", reason.name());
        assertThat(shop.keptRuns("orders")).containsExactly(run + "/");
    }

    private void awaitRolledBack(RotationId run, RotationReason reason) {
        awaitOutcome("RolledBack", run);
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(reason));
        assertThat(awaitCondition("Ready", "False", reason.name()).message()).contains(reason.remedy());
        assertThat(shop.keptRuns("orders")).isEmpty();
    }
}
