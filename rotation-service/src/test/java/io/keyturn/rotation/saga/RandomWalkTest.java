package io.keyturn.rotation.saga;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.testbed.page.Proves;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs through a tiny model of target, store and publication, with commands that fail, lose their answers, are refused or are
 * carried out twice, and a person who edits the live value. Fixed seeds.
 */
class RandomWalkTest {
    private static final int WALKS = 4000;
    private static final String OLD = "old";
    private static final String NEW = "new";
    private static final String HUMAN = "human";
    private static final ActorName ANNA = new ActorName("anna");

    /** Issued by the target in a try that was killed before the value was kept. */
    private static final String ORPHAN = "orphan";

    @Proves({"I1", "I3", "I8"})
    @ParameterizedTest
    @CsvSource({"BOTH_VALID, false", "SWITCHED, false", "BOTH_VALID, true"})
    void someKeptValueIsAcceptedAtEveryInstantAndEveryRunEnds(Overlap overlap, boolean issuing) {
        var ends = new HashSet<String>();
        for (int seed = 0; seed < WALKS; seed++) {
            ends.add(new Walk(overlap, issuing, seed).toTheEnd());
        }
        assertThat(ends).containsExactlyInAnyOrder("Succeeded", "RolledBack", "Failed");
    }

    /** One run and its world. */
    private static final class Walk {
        private final Overlap overlap;
        private final boolean issuing;
        private final int seed;
        private final Random random;
        private final double trouble;
        private final Set<String> accepted = new HashSet<>(Set.of(OLD));
        private @Nullable String pending;
        private @Nullable String previous;
        private String live = OLD;
        private String published = OLD;
        private String copied = OLD;
        private long version = 1;
        private boolean edited;
        private boolean moved;
        private boolean closed;
        private RotationState state = new RotationState.Requested(Purpose.ROTATE);
        private Instant now = Sagas.START;
        private Instant since = Sagas.START;
        private int tries;
        private final boolean asksPeople;
        private final boolean oldFirst;
        private final Situation.Limits limits;

        Walk(Overlap overlap, boolean issuing, int seed) {
            this.overlap = overlap;
            this.issuing = issuing;
            this.seed = seed;
            this.random = new Random(seed);
            // Some worlds are kind, some are not.
            this.trouble = random.nextDouble() * 0.3;
            // Some let people decide.
            this.asksPeople = random.nextInt(3) == 0;
            // In some emergencies the old value dies first, and such a run waits for nobody.
            this.oldFirst = !asksPeople && seed % 4 == 0;
            var usual = Sagas.LIMITS;
            this.limits = new Situation.Limits(
                    usual.step(),
                    usual.target(),
                    usual.consumers(),
                    usual.grace(),
                    usual.approval(),
                    usual.draws(),
                    asksPeople);
        }

        String toTheEnd() {
            int steps = 0;
            while (!state.isOver()) {
                assertThat(steps++).as("seed %d does not end", seed).isLessThan(5000);
                step();
            }
            atTheEnd();
            return state.phase();
        }

        private void step() {
            // Who overwrites the only copy of a value loses it; while a run keeps copies, nobody can.
            if (previous != null && random.nextInt(200) == 0) {
                live = HUMAN;
                version++;
                edited = true;
            }
            var command = requireNonNull(RotationSaga.command(state));
            Input input;
            if (random.nextDouble() < trouble) {
                input = switch (random.nextInt(6)) {
                    case 0 -> new Input.Rejected(Sagas.WHY);
                    case 1 -> hasNoWayBack() ? new Input.Rejected(Sagas.WHY) : new Input.Aborted(ANNA);
                    default -> new Input.Unavailable(Sagas.WHY);
                };
            } else {
                input = carryOut(command);
                checkInstant();
                if (random.nextDouble() < trouble) {
                    input = new Input.Unavailable(Sagas.WHY);
                }
            }
            if (random.nextInt(10) == 0) {
                return; // killed before the outcome was committed
            }
            now = now.plusSeconds(random.nextInt(40));
            var decision = RotationSaga.decide(state, input, new Situation(Sagas.RUN, now, since, tries, limits));
            if (decision.again()) {
                tries++;
            } else {
                tries = 0;
                since = now;
                state = decision.next();
            }
            now = now.plus(decision.delay());
        }

        private boolean hasNoWayBack() {
            return state.isPastReturn() || state instanceof RotationState.Compensating;
        }

        private Input carryOut(Command command) {
            return switch (command) {
                case Command.Adopt _ -> throw new IllegalStateException("nothing is adopted here");
                case Command.Repair _ -> throw new IllegalStateException("nothing is repaired here");
                case Command.Listen _ -> word();
                case Command.Prepare _
                when asksPeople && state.equals(new RotationState.Requested(Purpose.ROTATE)) ->
                    new Input.ApprovalNeeded();
                case Command.Prepare _ -> prepare();
                case Command.Apply _ -> apply();
                case Command.Redraw _ -> accepted.contains(NEW) ? new Input.Applied("b", false) : new Input.Done();
                case Command.Test _ -> accepted.contains(NEW) ? new Input.Done() : new Input.Rejected(Sagas.WHY);
                case Command.Promote(var change) -> promote(change);
                case Command.Publish _ -> {
                    assertThat(oldFirst && accepted.contains(OLD))
                            .as("seed %d publishes before the old value is dead", seed)
                            .isFalse();
                    yield publish(NEW);
                }
                case Command.LookAtConsumers _ -> look();
                case Command.Retire _ -> retire();
                case Command.Finish _ -> forget();
                case Command.Undo undo -> undo(undo.step());
            };
        }

        /** What a person says, if he says something. */
        private Input word() {
            boolean begins = state instanceof RotationState.AwaitingApproval;
            return switch (random.nextInt(10)) {
                case 0 -> begins ? new Input.Refused(ANNA) : new Input.Aborted(ANNA);
                case 1 -> begins ? new Input.Approved(ANNA) : new Input.Hastened();
                case 2, 3, 4 -> begins ? new Input.Approved(ANNA) : new Input.Resumed(ANNA);
                default -> new Input.Waiting(RotationReason.APPROVAL_PENDING);
            };
        }

        private Input prepare() {
            previous = previous == null ? live : previous;
            if (!accepted.contains(live) || !previous.equals(live)) {
                return new Input.Rejected(Sagas.WHY);
            }
            pending = issuing ? pending : NEW;
            return new Input.Prepared(new Change("a", issuing ? null : "b", true, overlap, version)
                    .with(oldFirst ? Retirement.BEFORE_READERS : Retirement.AFTER_READERS));
        }

        /** Sometimes there is more to do than one call can. */
        private Input apply() {
            if (pending == null) {
                accepted.remove(ORPHAN);
                if (random.nextInt(3) == 0) {
                    accepted.add(ORPHAN);
                    return new Input.Unavailable(Sagas.WHY);
                }
                pending = NEW;
            }
            if (random.nextInt(3) == 0) {
                return new Input.Waiting(Sagas.WHY);
            }
            if (overlap == Overlap.SWITCHED) {
                accepted.clear();
            }
            accepted.add(NEW);
            return new Input.Applied("b", false);
        }

        private Input promote(Change change) {
            if (!live.equals(NEW)) {
                if (version != change.baseVersion()) {
                    return new Input.Rejected(Sagas.WHY);
                }
                live = NEW;
                version++;
            }
            return new Input.Promoted(version);
        }

        /** The copy is made by somebody else, in his own time. */
        private Input publish(String value) {
            published = value;
            moved = false;
            var here = Sagas.copy("orders-db", now);
            if (!copied.equals(value) && random.nextInt(3) != 0) {
                return new Input.PartlyWritten(List.of(here), new Input.Waiting(Sagas.WHY));
            }
            copied = value;
            return new Input.Written(List.of(here, Sagas.copy("copied", now)));
        }

        private Input look() {
            moved = random.nextBoolean();
            return moved ? new Input.Moved(1) : new Input.Waiting(Sagas.WHY);
        }

        private Input retire() {
            assertThat(moved || oldFirst)
                    .as("seed %d retires before consumers moved", seed)
                    .isTrue();
            if (!live.equals(NEW) || !accepted.contains(NEW)) {
                return new Input.Rejected(Sagas.WHY);
            }
            accepted.remove(OLD);
            closed = oldFirst;
            return new Input.OldRefused(RetirementProof.LOGIN_REFUSED);
        }

        private Input forget() {
            if (!accepted.contains(live)) {
                return new Input.Rejected(Sagas.WHY);
            }
            pending = null;
            previous = null;
            return new Input.Done();
        }

        private Input undo(UndoStep step) {
            return switch (step) {
                case RESTORE_TARGET -> {
                    accepted.clear();
                    accepted.add(OLD);
                    yield new Input.Done();
                }
                case RESTORE_STORE -> {
                    if (live.equals(NEW)) {
                        live = OLD;
                        version++;
                    }
                    yield new Input.Done();
                }
                case RESTORE_PUBLICATIONS -> publish(OLD);
                case AWAIT_CONSUMERS -> look();
                case RETRACT_TARGET -> {
                    assertThat(List.of(published, copied))
                            .as("seed %d retracts what is published", seed)
                            .containsOnly(OLD);
                    accepted.remove(pending == null ? ORPHAN : pending);
                    yield new Input.Done();
                }
                case DISCARD -> forget();
            };
        }

        private void checkInstant() {
            assertThat(accepted)
                    .as("seed %d in %s: nothing kept is accepted", seed, state)
                    .containsAnyOf(live, pending == null ? live : pending, previous == null ? live : previous);
            if (overlap == Overlap.BOTH_VALID && !closed) {
                assertThat(accepted)
                        .as("seed %d in %s: readers are refused", seed, state)
                        .contains(published, copied);
            }
        }

        private void atTheEnd() {
            checkInstant();
            switch (state) {
                case RotationState.Succeeded _ -> {
                    assertThat(accepted).containsExactly(NEW);
                    assertThat(List.of(published, copied)).containsOnly(NEW);
                    assertThat(edited || live.equals(NEW)).isTrue();
                }
                case RotationState.RolledBack _ -> {
                    assertThat(accepted).containsExactly(OLD);
                    assertThat(List.of(published, copied)).containsOnly(OLD);
                    assertThat(live).isEqualTo(OLD);
                    assertThat(pending).isNull();
                    assertThat(previous).isNull();
                }
                default -> assertThat(state).isInstanceOf(RotationState.Failed.class);
            }
            assertThat(Duration.between(Sagas.START, now)).isLessThan(Duration.ofDays(2));
        }
    }
}
