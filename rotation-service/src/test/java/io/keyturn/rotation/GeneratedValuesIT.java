package io.keyturn.rotation;

import java.net.URI;
import java.util.Map;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The form that a SecretRotation asks for, on its way to a real server and out of a published URL. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class GeneratedValuesIT extends Scenario {
    /** Its process may be about to make its value live, where it expects the version that it has seen. */
    @Test
    void whatARunLeftOfWhichNothingIsKnownComesTooLateToBeMadeLive() {
        var policy = adopted(true);
        var lost = newRun();
        shop.leaveFirstValue(lost, "pending-1-1");
        shop.leaveFirstValue(newRun(), "pending-1-1");
        var run = newRun();
        state(policy, run, last(policy), null);

        awaitOutcome("Succeeded", run);
        assertThat(shop.keptRuns("orders")).isEmpty();
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleB);
        assertThat(shop.liveVersion())
                .as("once more than it was changed, for both of them")
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{alphabet: printable, length: 40, exclude: \"0O1lI\", minimum: {upper: 4, symbols: 12}}|[2-9A-HJ-NP-Za-km-z!-/:-@\\[-`{-~]{40}",
                "{alphabet: base64, minimum: {symbols: 2}}|[+/0-9A-Za-z]{32}",
                "{words: 8}|[a-z]{5}(-[a-z]{5}){7}",
            })
    void valueHasTheFormThatIsAskedForAndLogsIn(String asked, String form) {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.secret(Map.of("user", shop.roleA));
        var policy = shop.create("orders", shop.alternatingTarget(), "db", "generate: " + asked);
        awaitCondition("Adopted", "True", "CredentialProven");
        var run = newRun();

        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);

        var password = shop.live().get("password").asText();
        assertThat(password).matches(form);
        assertThat(shop.accepts(shop.roleB, password)).isTrue();
        assertThat(shop.published("password")).isEqualTo(password);
        assertThat(URI.create(shop.published("URL")).getUserInfo()).isEqualTo(shop.roleB + ":" + password);
    }

    /**
     * Where the database of the runs has lost a whole run whose end was cut off, and that is asked for once more, it finds the value that
     * it has made live.
     */
    @Proves("R18")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void liveValueThatALostRunOfThatIdHasLeftIsNotMadeLiveAgain(boolean alternating) {
        var policy = adopted(alternating, "retire: {after: 0s}");
        var run = newRun();
        shop.leaveFirstValue(run, "pending-1-1");

        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);

        var password = shop.live().get("password").asText();
        assertThat(password).isNotEqualTo(shop.firstPassword);
        assertThat(shop.accepts(alternating ? shop.roleB : shop.roleA, password))
                .isTrue();
        assertThat(shop.published("password")).isEqualTo(password);
        assertThat(shop.keptRuns("orders")).isEmpty();
    }

    /** As a restored database loses a run, and a watcher that starts anew asks for it once more: by the schedule, or a token in its annotation. */
    @Proves({"R18", "I2"})
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runThatTheDatabaseHasLostWithItsEndIsNotDoneTwice(boolean alternating) {
        var policy = adopted(alternating, "retire: {after: 0s}");
        var run = newRun();
        var before = last(policy);
        state(policy, run, before, null);
        awaitOutcome("Succeeded", run);
        var value = shop.live();

        forget(run);
        state(policy, run, before, null);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run).stream().map(Scenario::name))
                        .containsSubsequence("RotationSucceeded", "RotationStarted", "RotationSucceeded"));

        assertThat(shop.live()).isEqualTo(value);
        assertThat(shop.liveVersion()).isEqualTo(2);
        assertThat(shop.keptRuns("orders")).isEmpty();
        var next = newRun();
        state(policy, next, run, null);
        awaitOutcome("Succeeded", next);
        assertThat(shop.liveVersion()).isEqualTo(3);
    }

    private static void forget(RotationId run) {
        Testbed.shared().postgres().execute(RotationBed.DATABASE, "delete from rotation where id = '" + run + "'");
    }

    /** The schema cannot count the values of a form. */
    @Test
    void formThatIsTooWeakIsRefusedBeforeAnythingIsTouched() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.alternating("orders", "generate: {length: 22, exclude: \"0123456789\"}");

        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message()).contains("spec.generate.length: ", "this form gives 125");
        assertThat(shop.liveVersion()).isOne();
    }
}
