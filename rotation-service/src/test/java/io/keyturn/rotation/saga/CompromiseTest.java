package io.keyturn.rotation.saga;

import java.time.Duration;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationConsumersMoved;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRetired;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Promoted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** A run whose old value somebody else knows, and whose policy lets that die before readers have moved. */
class CompromiseTest {
    private static final Situation AT_ONCE = Sagas.after(Duration.ofSeconds(1));
    private static final Situation LATE = Sagas.after(Duration.ofHours(1));

    @ParameterizedTest
    @EnumSource(Overlap.class)
    void oldValueDiesOnceTheNewOneIsLiveAndBeforeAnybodyReadsIt(Overlap overlap) {
        var tested = new RotationState.Tested(Sagas.compromised(overlap), Sagas.START);

        var promoted = RotationSaga.decide(tested, new Input.Promoted(4), AT_ONCE);
        assertThat(command(promoted)).isInstanceOf(Command.Retire.class);

        var closed = RotationSaga.decide(promoted.next(), new Input.OldRefused(RetirementProof.LOGIN_REFUSED), AT_ONCE);
        assertThat(closed.facts()).extracting(RotationEvent::getClass).containsExactly(RotationRetired.class);
        assertThat(command(closed)).isInstanceOf(Command.Publish.class);

        var copies = Sagas.published(1).copies();
        var published = RotationSaga.decide(closed.next(), new Input.Written(copies), AT_ONCE);
        assertThat(published.facts()).extracting(RotationEvent::getClass).containsExactly(RotationPublished.class);
        assertThat(command(published)).isInstanceOf(Command.LookAtConsumers.class);

        var moved = RotationSaga.decide(published.next(), new Input.Moved(2), AT_ONCE);
        assertThat(moved.facts())
                .extracting(RotationEvent::getClass)
                .as("it is not told twice that the old value is dead")
                .containsExactly(RotationConsumersMoved.class);
        assertThat(moved.delay()).as("nothing is left to wait for").isZero();
        assertThat(command(moved)).isInstanceOf(Command.Finish.class);
    }

    /** Else a person who wrote the Secret, or an API server that is away, would bring back the value that somebody else knows. */
    @Test
    void fromThereNothingLeadsBack() {
        for (var state : new RotationState[] {
            promoted(Retirement.BEFORE_READERS), promoted(Retirement.DONE), awaiting(Retirement.DONE)
        }) {
            for (var input : Sagas.inputs().values()) {
                for (var when : new Situation[] {AT_ONCE, LATE}) {
                    if (input instanceof Input.Trouble) {
                        assertThat(RotationSaga.decide(state, input, when).next())
                                .as("%s after %s", input, state)
                                .isNotInstanceOf(RotationState.Compensating.class);
                    }
                }
            }
        }
    }

    @Test
    void whatIsAwayIsWaitedForAndWhatRefusesForLongEndsTheRun() {
        for (var state : new RotationState[] {promoted(Retirement.BEFORE_READERS), promoted(Retirement.DONE)}) {
            var away = new Input.Unavailable(RotationReason.KUBERNETES_UNREACHABLE);
            var refused = new Input.Rejected(RotationReason.PUBLICATION_CHANGED);

            assertThat(RotationSaga.decide(state, away, LATE).again()).isTrue();
            assertThat(RotationSaga.decide(state, refused, AT_ONCE).again()).isTrue();
            assertThat(RotationSaga.decide(state, refused, LATE).next())
                    .isEqualTo(new RotationState.Failed(RotationReason.PUBLICATION_CHANGED));
        }
    }

    @Test
    void readersThatDoNotMoveAreStampedAgainAndThenEndTheRun() {
        var stuck = new Input.Waiting(RotationReason.CONSUMERS_STUCK);

        assertThat(RotationSaga.decide(awaiting(Retirement.DONE), stuck, Sagas.after(Duration.ofSeconds(301)))
                        .next())
                .isEqualTo(new Promoted(awaiting(Retirement.DONE).change(), Sagas.START, 4, 2, Sagas.published(1)));
        assertThat(RotationSaga.decide(awaiting(Retirement.DONE), stuck, LATE).next())
                .isEqualTo(new RotationState.Failed(RotationReason.CONSUMERS_STUCK));
    }

    private static Promoted promoted(Retirement retirement) {
        return new Promoted(Sagas.change(Overlap.BOTH_VALID).with(retirement), Sagas.START, 4, 1, null);
    }

    private static AwaitingConsumers awaiting(Retirement retirement) {
        return new AwaitingConsumers(
                Sagas.change(Overlap.BOTH_VALID).with(retirement), Sagas.START, 4, Sagas.published(1));
    }

    private static Command command(Decision decision) {
        return requireNonNull(RotationSaga.command(decision.next()));
    }
}
