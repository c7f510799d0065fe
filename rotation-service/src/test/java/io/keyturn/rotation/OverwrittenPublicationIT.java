package io.keyturn.rotation;

import java.time.Duration;
import java.time.Instant;

import io.fabric8.kubernetes.api.model.Pod;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationSwept;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Somebody applies an old manifest of the Secret while a run is under way: what is read again is not taken away. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class OverwrittenPublicationIT extends Scenario {
    @Test
    void valueThatIsPublishedAgainDuringTheGracePeriodIsNotRetired() {
        var policy = adopted(true, "retire: {after: 4s}", "consumers: {deadline: 4s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");

        shop.publish(shop.roleA, shop.firstPassword);

        awaitOutcome("Failed", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(acceptsLive()).as("that of the store").isTrue();
        awaitCondition("Ready", "False", "PUBLICATION_CHANGED");
    }

    @Test
    void valuesThatAFailedRunKeptAreOnRecordThenGoneOnceTheNextHasSucceeded() {
        var policy = adopted(true, "retire: {after: 4s}", "consumers: {deadline: 4s}");
        var failed = newRun();
        state(policy, failed, last(policy), null);
        awaitPhase("ConsumersMoved");
        var password = shop.published("password");
        shop.publish(shop.roleA, shop.firstPassword);
        awaitOutcome("Failed", failed);
        assertThat(shop.keptRuns("orders")).as("it may be needed").containsExactly(failed + "/");
        var tooEarly = newRun();
        state(policy, tooEarly, last(policy), null);
        awaitOutcome("Failed", tooEarly);
        awaitCondition("Ready", "False", "PUBLICATION_CHANGED");
        assertThat(shop.accepts(shop.roleA, shop.firstPassword))
                .as("readers are led to the role that would be next")
                .isTrue();

        shop.publish(shop.roleB, password);
        var next = newRun();
        state(policy, next, last(policy), null);

        awaitOutcome("Succeeded", next);
        assertThat(shop.keptRuns("orders")).isEmpty();
        assertThat(shop.liveVersion()).as("written by two runs").isEqualTo(3);
        assertThat(Topics.of(next))
                .extracting(EventEnvelope::event)
                .filteredOn(RotationSwept.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        RotationSwept.class, swept -> assertThat(swept.runs()).containsExactly(failed));
    }

    @Test
    void valueIsRetiredOnceTheNewOneIsPutBack() {
        var policy = adopted(true, "retire: {after: 4s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        var password = shop.published("password");

        shop.publish(shop.roleA, shop.firstPassword);
        await().during(Duration.ofSeconds(6))
                .atMost(Duration.ofSeconds(8))
                .until(() -> shop.accepts(shop.roleA, shop.firstPassword));
        shop.publish(shop.roleB, password);

        awaitOutcome("Succeeded", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Test
    void readersThatStartedOnTheValuePublishedAgainHaveNotMoved() {
        var policy = adopted(true, "consumers: {deadline: 8s}");
        var reader = reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");

        shop.publish(shop.roleA, shop.firstPassword);
        shop.end(reader);

        awaitOutcome("RolledBack", run);
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(RotationReason.PUBLICATION_CHANGED));
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
    }

    private boolean acceptsLive() {
        var live = shop.live();
        return shop.accepts(live.get("username").asText(), live.get("password").asText());
    }

    /** A pod from before the run, which nobody rolls. */
    private Pod reader() {
        var pod = shop.reader();
        var created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(2)));
        return pod;
    }
}
