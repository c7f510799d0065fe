package io.keyturn.rotation.step;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.publication.Publisher.Writer;
import io.keyturn.rotation.publication.Publisher.Written;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Published;
import io.keyturn.rotation.saga.Published.Copy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PublicationsTest {
    private static final PublicationId PUBLICATION = new PublicationId("r1.1");
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final ObjectRef A = ObjectRef.secret("shop", "a");
    private static final ObjectRef B = ObjectRef.secret("shop", "b");
    private static final Outcome<Written> BY_US = Outcome.done(new Written(AT, List.of(A), Writer.THIS_CALL));
    private static final Outcome<Written> BY_US_BEFORE = Outcome.done(new Written(AT, List.of(A), Writer.EARLIER_CALL));
    private static final Outcome<Written> BY_AN_OWNER = Outcome.done(new Written(AT, List.of(B), Writer.SOMEBODY_ELSE));
    private static final Outcome<Written> BY_A_STRANGER = Outcome.done(new Written(AT, List.of(B), Writer.STRANGER));
    private static final Outcome<Written> ON_ITS_WAY = Outcome.waiting(RotationReason.PUBLICATION_REFUSED);
    private static final Outcome<Written> AWAY = Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
    private static final Outcome<Written> REFUSED = Outcome.rejected(RotationReason.PUBLICATION_OWNED);

    @Test
    void readersOfTheSameSecondAreKnownOnlyWhereWeWrite() {
        assertThat(told(List.of(BY_US, BY_AN_OWNER)))
                .isEqualTo(new Input.Written(List.of(
                        Copy.written(A, AT, List.of("racer"), List.of()), new Copy(B, AT, List.of(), List.of()))));
    }

    @Test
    void whoeverIsThereAfterALostAnswerMayHaveReadEither() {
        assertThat(told(List.of(BY_US_BEFORE)))
                .isEqualTo(new Input.Written(List.of(new Copy(A, AT, List.of(), List.of("racer")))));
    }

    @Test
    void whatIsWrittenIsToldEvenIfTheRestIsNot() {
        assertThat(told(List.of(ON_ITS_WAY, BY_US)))
                .isEqualTo(new Input.PartlyWritten(
                        List.of(Copy.written(A, AT, List.of("racer"), List.of())),
                        new Input.Waiting(RotationReason.PUBLICATION_REFUSED)));
    }

    @Test
    void refusalOutweighsAnOutageAndAnOutageOutweighsPatience() {
        assertThat(told(List.of(ON_ITS_WAY, AWAY, REFUSED)))
                .isEqualTo(new Input.Rejected(RotationReason.PUBLICATION_OWNED));
        assertThat(told(List.of(ON_ITS_WAY, AWAY)))
                .isEqualTo(new Input.Unavailable(RotationReason.KUBERNETES_UNREACHABLE));
        assertThat(told(List.of(ON_ITS_WAY))).isEqualTo(new Input.Waiting(RotationReason.PUBLICATION_REFUSED));
    }

    @Test
    void whatAStrangerHasWrittenIsToldApart() {
        assertThat(told(List.of(BY_US, BY_A_STRANGER)))
                .isEqualTo(new Input.LeftAlone(
                        List.of(Copy.written(A, AT, List.of("racer"), List.of())),
                        List.of(new Copy(B, AT, List.of(), List.of()))));
        assertThat(told(List.of(BY_A_STRANGER, AWAY)))
                .as("it is looked at again")
                .isEqualTo(new Input.Unavailable(RotationReason.KUBERNETES_UNREACHABLE));
    }

    private static Input told(List<Outcome<Written>> outcomes) {
        return Publications.told(outcomes, List.of("racer"), List.of("racer"));
    }

    @Test
    void whoCameBetweenALookAndAWriteMayHaveReadEither() {
        assertThat(Publications.told(
                        List.of(BY_US, BY_US_BEFORE, BY_AN_OWNER), List.of("racer"), List.of("late", "racer")))
                .isEqualTo(new Input.Written(List.of(
                        Copy.written(A, AT, List.of("racer"), List.of("late")),
                        new Copy(A, AT, List.of(), List.of("late", "racer")),
                        new Copy(B, AT, List.of(), List.of()))));
    }

    @Test
    void whoCameInTheSecondOfAWriteIsAskedForWhereItTookLongOrWasMadeBefore() {
        assertThat(racing(Duration.ofMillis(499), BY_US)).isEmpty();
        assertThat(racing(Duration.ofMillis(500), BY_US)).containsExactly("late");
        assertThat(racing(Duration.ofMillis(500), BY_AN_OWNER, BY_A_STRANGER, AWAY))
                .isEmpty();
        assertThat(racing(Duration.ZERO, BY_US_BEFORE)).containsExactly("late");
    }

    @SafeVarargs
    private static List<String> racing(Duration time, Outcome<Written>... outcomes) {
        var publications =
                new Publications(new Publishers(List.of()), new OneLate(), Clock.fixed(AT.plus(time), ZoneOffset.UTC));
        var racing =
                publications.racing(Policies.policy("shop", "shop/db", Map.of()), PUBLICATION, AT, List.of(outcomes));
        return ((Outcome.Done<List<String>>) racing).value();
    }

    /** Consumers of which one was created in the second of the writes. */
    private static final class OneLate implements Consumers {
        @Override
        public Outcome<List<String>> createdIn(RotationPolicy policy, Set<Instant> seconds, PublicationId publication) {
            assertThat(publication).isEqualTo(PUBLICATION);
            assertThat(seconds).containsExactly(AT);
            return Outcome.done(List.of("late"));
        }

        @Override
        public Outcome<List<String>> youngReaders(RotationPolicy policy) {
            throw new AssertionError("not asked here");
        }

        @Override
        public Outcome<List<Reader>> readers(RotationPolicy policy) {
            throw new AssertionError("not asked here");
        }

        @Override
        public Outcome<Integer> moved(RotationPolicy policy, Published published) {
            throw new AssertionError("not asked here");
        }

        @Override
        public Outcome<Integer> back(RotationPolicy policy, @Nullable Published failed, Published restored) {
            throw new AssertionError("not asked here");
        }
    }
}
