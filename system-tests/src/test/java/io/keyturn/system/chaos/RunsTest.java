package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPromoted;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.RunRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RunsTest {
    private static final Member MEMBER = new Member("one", false, 1, false);
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final RunRef FIRST = run("aa");
    private static final RunRef SECOND = run("bb");
    private static final RotationEvent SUCCEEDED = new RotationSucceeded(FIRST, AT, null);

    @Test
    void endsAreCountedByKindAndReason() {
        var runs = runs(
                SUCCEEDED,
                new RotationRolledBack(SECOND, AT, RotationReason.STALE_REQUEST),
                new RotationFailed(run("cc"), AT, RotationReason.STALE_REQUEST));

        assertThat(runs.ends(List.of(MEMBER)))
                .containsOnlyKeys(
                        "RotationSucceeded", "RotationRolledBack, STALE_REQUEST", "RotationFailed, STALE_REQUEST")
                .containsValues(1);
    }

    @Test
    void aVersionIsMadeByWhoPromotesAndOneMoreByWhoGoesBackAfterwards() {
        var promoted = new RotationPromoted(FIRST, AT, 2);

        assertThat(runs(SUCCEEDED).versions(MEMBER)).isEqualTo(1);
        assertThat(runs(promoted, SUCCEEDED).versions(MEMBER)).isEqualTo(2);
        assertThat(runs(promoted, new RotationFailed(FIRST, AT, RotationReason.PUBLICATION_REFUSED))
                        .versions(MEMBER))
                .isEqualTo(2);
        assertThat(runs(promoted, new RotationRolledBack(FIRST, AT, RotationReason.VERIFY_FAILED))
                        .versions(MEMBER))
                .isEqualTo(3);
    }

    @Test
    void aRecordThatCameTwiceIsOneFact() {
        var id = UUID.randomUUID();
        var runs = new Runs(() -> List.of(envelope(id, SUCCEEDED), envelope(id, SUCCEEDED)));

        assertThat(runs.statedTwice(MEMBER)).isEmpty();
        assertThat(runs.idsUsedTwice()).isEmpty();
        assertThat(runs.ends(List.of(MEMBER))).containsEntry("RotationSucceeded", 1);
    }

    @Test
    void anEndThatIsStatedUnderTwoIdsIsFound() {
        assertThat(runs(SUCCEEDED, SUCCEEDED).statedTwice(MEMBER)).hasSize(1);
    }

    @Test
    void twoFactsUnderOneIdAreFound() {
        var id = UUID.randomUUID();
        var runs = new Runs(() -> List.of(
                envelope(id, SUCCEEDED),
                envelope(id, new RotationRolledBack(FIRST, AT, RotationReason.STALE_REQUEST))));

        assertThat(runs.idsUsedTwice()).hasSize(1);
    }

    @Test
    void aRunWithoutAnEndGoesOn() {
        assertThat(runs(SUCCEEDED).isRunning(MEMBER)).isFalse();
        assertThat(runs(SUCCEEDED).restsSince(MEMBER, AT.minusSeconds(1))).isTrue();
        assertThat(runs(SUCCEEDED).restsSince(MEMBER, AT)).isFalse();
        assertThat(runs(new RotationStarted(SECOND, AT, RequestReason.MANUAL)).isRunning(MEMBER))
                .isTrue();
    }

    @Test
    void aRequestThatIsRefusedHasAnEndAndOneOfWhichNothingCameHasNone() {
        var refused = new RotationFailed(SECOND, AT, RotationReason.STALE_REQUEST);
        var said = Stream.of(request("aa"), request("aa"), request("bb"), SUCCEEDED, refused);
        var runs = new Runs(envelopes(said));
        assertThat(runs.endless(MEMBER)).isEmpty();
        assertThat(runs.said(MEMBER)).isEqualTo(2);
        assertThat(runs.isSaidSince(MEMBER, AT)).isTrue();
        assertThat(runs.isSaidSince(MEMBER, AT.plusMillis(1))).isFalse();

        var begun = new RotationStarted(SECOND, AT, RequestReason.MANUAL);
        assertThat(new Runs(envelopes(Stream.of(request("aa"), SUCCEEDED, request("dd"), begun))).endless(MEMBER))
                .containsExactly(new RotationId("dd"), SECOND.id());
    }

    private static RotationRequested request(String id) {
        return new RotationRequested(
                FIRST.policy(), new Uid("uid"), new RotationId(id), RequestReason.MANUAL, null, null, null, AT);
    }

    private static RunRef run(String id) {
        return new RunRef(new RotationId(id), ObjectRef.secretRotation("chaos", MEMBER.name()));
    }

    private static Runs runs(RotationEvent... facts) {
        return new Runs(envelopes(Stream.of(facts)));
    }

    private static Supplier<List<EventEnvelope>> envelopes(Stream<? extends Event> facts) {
        var said = facts.map(fact -> envelope(UUID.randomUUID(), fact)).toList();
        return () -> said;
    }

    private static EventEnvelope envelope(UUID id, Event fact) {
        return EventEnvelope.from(new ClusterName("chaos"), Service.ROTATION, id, AT, null, fact);
    }
}
