package io.keyturn.watcher.statement;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.watcher.statement.Observation.Absent;
import io.keyturn.watcher.statement.Observation.Present;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StatementStateTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final ObjectRef OBJECT = ObjectRef.secret("shop", "db");
    private static final ClusterName CLUSTER = new ClusterName("test");

    private final StatementState state = StatementState.of(List.of());

    static Present seen(ObjectRef object, String uid, long version, Map<Integer, String> values) {
        var fingerprints = values.entrySet().stream()
                .map(e -> fingerprint(e.getKey(), e.getValue()))
                .toList();
        return new Present(
                object,
                new Uid(uid),
                new ResourceVersion(String.valueOf(version)),
                Map.of(new KeyName("password"), fingerprints),
                null,
                Origin.OTHER,
                null,
                Map.of(),
                AT);
    }

    private static Fingerprint fingerprint(int generation, String value) {
        return new Fingerprint(generation, "%064x".formatted(value.hashCode() * 31L + generation & 0xFFFFFFFFL));
    }

    private static Present seen(long version, String value) {
        return seen(OBJECT, "u1", version, Map.of(1, value));
    }

    private static Present with(
            Present p, Map<AnnotationName, AnnotationValue> annotations, @Nullable PublicationId publication) {
        return new Present(
                p.about(),
                p.uid(),
                p.resourceVersion(),
                p.fingerprints(),
                p.owner(),
                p.origin(),
                publication,
                annotations,
                p.at());
    }

    private SecretEvent state(Present present) {
        var event = state.decide(present).orElseThrow();
        state.accepted(event);
        return event;
    }

    @Test
    void objectNeverStatedIsStated() {
        assertThat(state(seen(10, "a"))).isInstanceOfSatisfying(SecretChanged.class, changed -> {
            assertThat(changed.resourceVersion().value()).isEqualTo("10");
            assertThat(changed.incarnation()).isEqualTo(1);
        });
    }

    @Test
    void decidingAloneChangesNothing() {
        assertThat(state.decide(seen(10, "a"))).isPresent();
        assertThat(state.decide(seen(10, "a"))).isPresent();
    }

    @Test
    void newVersionWithTheSameContentIsNotStated() {
        state(seen(10, "a"));
        assertThat(state.decide(seen(11, "a"))).isEmpty();
    }

    @Test
    void versionLookedAtOnceNeedNoSecondLook() {
        state(seen(10, "a"));
        var unchanged = seen(11, "a");
        assertThat(state.knows(OBJECT, unchanged.uid(), unchanged.resourceVersion()))
                .isFalse();
        state.settled(unchanged);
        assertThat(state.knows(OBJECT, unchanged.uid(), unchanged.resourceVersion()))
                .isTrue();
    }

    @Test
    void otherContentIsStated() {
        state(seen(10, "a"));
        assertThat(state.decide(seen(11, "b"))).isPresent();
    }

    @Test
    void olderVersionIsDropped() {
        state(seen(10, "a"));
        assertThat(state.decide(seen(9, "b"))).isEmpty();
    }

    @Test
    void versionsAreComparedAsNumbers() {
        state(seen(9, "a"));
        assertThat(state.decide(seen(10, "b"))).isPresent();
    }

    @Test
    void otherPublicationOfTheSameContentIsStated() {
        state(seen(10, "a"));
        assertThat(state.decide(with(seen(11, "a"), Map.of(), new PublicationId("r1.2"))))
                .isPresent();
    }

    @Test
    void otherSteeringAnnotationIsStated() {
        state(seen(10, "a"));
        var annotations = Map.of(new AnnotationName("reloader.stakater.com/match"), new AnnotationValue("true"));
        assertThat(state.decide(with(seen(11, "a"), annotations, null))).isPresent();
    }

    @Test
    void newObjectOfTheSameNameAndContentIsStated() {
        state(seen(10, "a"));
        assertThat(state.decide(seen(OBJECT, "u2", 8, Map.of(1, "a")))).isPresent();
    }

    @Test
    void deletionIsStatedOnceThenBuried() {
        state(seen(10, "a"));
        state.reached(new ResourceVersion("14"));
        var deleted = state.decide(new Absent(OBJECT, AT)).orElseThrow();
        assertThat(deleted)
                .isInstanceOfSatisfying(
                        SecretDeleted.class,
                        d -> assertThat(d.resourceVersion().value()).isEqualTo("14"));
        state.accepted(deleted);
        assertThat(state.decide(new Absent(OBJECT, AT))).isEmpty();
        assertThat(state.awaitsTombstone(OBJECT)).isTrue();
        state.buried(OBJECT);
        assertThat(state.awaitsTombstone(OBJECT)).isFalse();
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void deletionOfWhatWasNeverStatedIsNotStated() {
        assertThat(state.decide(new Absent(OBJECT, AT))).isEmpty();
    }

    @Test
    void crashBetweenDeletionAndTombstoneLeavesOnlyTheTombstone() {
        state(seen(10, "a"));
        var deleted = state.decide(new Absent(OBJECT, AT)).orElseThrow();
        var restarted = StatementState.of(List.of(deleted));
        assertThat(restarted.decide(new Absent(OBJECT, AT))).isEmpty();
        assertThat(restarted.awaitsTombstone(OBJECT)).isTrue();
        assertThat(restarted.objects(ObjectKind.Secret)).containsExactly(OBJECT);
    }

    @Test
    void objectMadeAgainAfterItsDeletionWasStatedIsStated() {
        state(seen(10, "a"));
        state.accepted(state.decide(new Absent(OBJECT, AT)).orElseThrow());
        assertThat(state.decide(seen(OBJECT, "u2", 12, Map.of(1, "a")))).isPresent();
    }

    @Test
    void versionsGoingBackBeginAnIncarnationInWhichTheyCountAgain() {
        state(seen(100, "a"));
        assertThat(state.clusterIsAt(new ResourceVersion("50"), state.highest()))
                .isTrue();
        assertThat(state.incarnation()).isEqualTo(2);
        var old = state.decide(seen(40, "b")).orElseThrow();
        assertThat(((SecretChanged) old).incarnation()).isEqualTo(2);
        assertThat(state.clusterIsAt(new ResourceVersion("51"), state.highest()))
                .isFalse();
    }

    @Test
    void unchangedContentIsNotStatedAgainInANewIncarnation() {
        state(seen(100, "a"));
        state.clusterIsAt(new ResourceVersion("50"), state.highest());
        assertThat(state.decide(seen(40, "a"))).isEmpty();
    }

    @Test
    void incarnationOutlivesARestart() {
        state(seen(100, "a"));
        state.clusterIsAt(new ResourceVersion("50"), state.highest());
        var restarted = StatementState.of(List.of(state(seen(40, "b"))));
        assertThat(restarted.incarnation()).isEqualTo(2);
        assertThat(restarted.clusterIsAt(new ResourceVersion("45"), restarted.highest()))
                .isFalse();
    }

    @Test
    void versionReadBeforeAnotherAdvancedItIsNoRestore() {
        var before = state.highest();
        state.reached(new ResourceVersion("200"));
        assertThat(state.clusterIsAt(new ResourceVersion("150"), before)).isFalse();
        assertThat(state.highest()).isEqualTo("200");
    }

    @Test
    void newMasterIsStatedWithBothGenerationsOnce() {
        state(seen(10, "a"));
        assertThat(state.generationsReliedOn(2)).containsExactly(1);
        state(seen(OBJECT, "u1", 10, Map.of(1, "a", 2, "a")));
        assertThat(state.generationsReliedOn(2)).isEmpty();
        assertThat(state.decide(seen(OBJECT, "u1", 11, Map.of(1, "a", 2, "a")))).isEmpty();
    }

    @Test
    void endOfTheOverlapStatesNothing() {
        state(seen(OBJECT, "u1", 10, Map.of(1, "a", 2, "a")));
        assertThat(state.decide(seen(OBJECT, "u1", 11, Map.of(2, "a")))).isEmpty();
        assertThat(state.decide(seen(OBJECT, "u1", 12, Map.of(2, "b")))).isPresent();
    }

    @Test
    void olderGenerationThatAnotherObjectNeedsIsNoReasonToStateThisOne() {
        state(seen(OBJECT, "u1", 10, Map.of(2, "a")));
        assertThat(state.decide(seen(OBJECT, "u1", 11, Map.of(1, "a", 2, "a")))).isEmpty();
    }

    @Test
    void restatementHasTheSameIdAndAnotherVersionAnother() {
        var first = state.decide(seen(10, "a")).orElseThrow();
        var again = StatementState.of(List.of()).decide(seen(10, "a")).orElseThrow();
        assertThat(StatementId.of(CLUSTER, again)).isEqualTo(StatementId.of(CLUSTER, first));
        state.accepted(first);
        var ids = Set.of(
                StatementId.of(CLUSTER, first),
                StatementId.of(CLUSTER, state.decide(seen(11, "b")).orElseThrow()),
                StatementId.of(
                        CLUSTER,
                        state.decide(seen(OBJECT, "u1", 10, Map.of(1, "a", 2, "a")))
                                .orElseThrow()),
                StatementId.of(CLUSTER, state.decide(new Absent(OBJECT, AT)).orElseThrow()),
                StatementId.of(new ClusterName("other"), first));
        assertThat(ids).hasSize(5);
        assertThat(StatementId.of(CLUSTER, first).version()).isEqualTo(8);
        assertThat(StatementId.of(CLUSTER, first).variant()).isEqualTo(2);
    }
}
