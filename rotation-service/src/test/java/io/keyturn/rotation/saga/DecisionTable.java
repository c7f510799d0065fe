package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.saga.RotationState.Applied;
import io.keyturn.rotation.saga.RotationState.AwaitingApproval;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.ConsumersMoved;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.RotationState.Paused;
import io.keyturn.rotation.saga.RotationState.Promoted;
import io.keyturn.rotation.saga.RotationState.Requested;
import io.keyturn.rotation.saga.RotationState.Retired;
import io.keyturn.rotation.saga.RotationState.RolledBack;
import io.keyturn.rotation.saga.RotationState.Succeeded;
import io.keyturn.rotation.saga.RotationState.Tested;
import io.keyturn.rotation.saga.RotationState.ValueRefused;
import io.keyturn.rotation.saga.UndoStep.Reach;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** Plays a state with an input while time goes on; and the states there are, by the rows they are shown in. */
final class DecisionTable {
    /** What may be decided otherwise once it is past, in the order in which they pass. */
    private static final List<Limit> LIMITS = List.of(
            new Limit("step", Sagas.LIMITS.step()),
            new Limit("half of readers", Sagas.LIMITS.consumers().dividedBy(2)),
            new Limit("readers", Sagas.LIMITS.consumers()),
            new Limit("twice readers", Sagas.LIMITS.consumers().multipliedBy(2)),
            new Limit("grace + step", Sagas.LIMITS.grace().plus(Sagas.LIMITS.step())),
            new Limit("grace + readers", Sagas.LIMITS.grace().plus(Sagas.LIMITS.consumers())),
            new Limit("target", Sagas.LIMITS.target()),
            new Limit("approval", Sagas.LIMITS.approval()));

    /** Whatever a run may be paused for. */
    private static final RotationReason TROUBLE = RotationReason.ADMIN_REFUSED;

    private DecisionTable() {}

    private record Limit(String name, Duration length) {}

    /**
     * What follows from now on.
     *
     * @param past the limit after which; empty for at once
     * @param decision null if the input is refused
     */
    record Turn(String past, RotationState state, @Nullable Decision decision) {
        String told() {
            if (decision == null) {
                return "–";
            }
            if (decision.again()) {
                return "again";
            }
            var next = decision.next();
            if (next.equals(state)) {
                return "anew";
            }
            if (!next.phase().equals(state.phase())) {
                return "→ " + next.phase();
            }
            if (!(state instanceof Compensating now && next instanceof Compensating then)) {
                return "noted";
            }
            int more = then.remaining().size() - now.remaining().size();
            return more < 0 ? "→ next step" : more > 0 ? "→ " + then.remaining().getFirst() : "noted";
        }
    }

    /** What follows at once, and what else once a limit is past. */
    static List<Turn> play(RotationState state, Input input, Situation.Limits limits) {
        var turns = new ArrayList<Turn>();
        turns.add(turn("", state, input, Duration.ofSeconds(2), limits));
        for (var limit : LIMITS) {
            var before = turns.getLast().told();
            assertThat(turn("", state, input, limit.length(), limits).told())
                    .as("%s in %s: %s is not past yet", input, state, limit.name())
                    .isEqualTo(before);
            var past = turn(limit.name(), state, input, limit.length().plusSeconds(1), limits);
            if (!past.told().equals(before)) {
                turns.add(past);
            }
        }
        assertThat(turn("", state, input, Duration.ofDays(30), limits).told())
                .as("%s in %s: all limits are known", input, state)
                .isEqualTo(turns.getLast().told());
        return List.copyOf(turns);
    }

    /** The same for policies that turn back and for those that pause. */
    static Stream<Turn> plays(RotationState state, Input input) {
        return Stream.of(Sagas.LIMITS, Sagas.PAUSING).flatMap(limits -> play(state, input, limits).stream());
    }

    private static Turn turn(String past, RotationState state, Input input, Duration passed, Situation.Limits limits) {
        // Whoever asks for long has tried often.
        var situation = new Situation(Sagas.RUN, Sagas.START.plus(passed), Sagas.START, 200, limits);
        try {
            return new Turn(past, state, RotationSaga.decide(state, input, situation));
        } catch (IllegalStateException e) {
            return new Turn(past, state, null);
        }
    }

    /** What a row says of one kind of input, for all its states. */
    static String cell(Set<RotationState> states, Input input) {
        var usual = cell(states, input, Sagas.LIMITS);
        var pausing = cell(states, input, Sagas.PAUSING);
        return pausing.equals(usual) ? usual : usual + "; with `Pause`: " + pausing;
    }

    private static String cell(Set<RotationState> states, Input input, Situation.Limits limits) {
        var told = new LinkedHashMap<String, Set<String>>();
        for (var state : states) {
            play(state, input, limits)
                    .forEach(turn -> told.computeIfAbsent(turn.past(), _ -> new LinkedHashSet<>())
                            .add(turn.told()));
        }
        var parts = new ArrayList<String>();
        told.forEach((past, results) ->
                parts.add((past.isEmpty() ? "" : "past " + past + ": ") + String.join(" or ", results)));
        return String.join("; ", parts);
    }

    /** The states by their rows, in the order in which a run passes through them. */
    static Map<String, Set<RotationState>> rows() {
        var kinds = List.of(RotationState.class.getPermittedSubclasses());
        var rows = new LinkedHashMap<String, Set<RotationState>>();
        Stream.of(Overlap.values())
                .flatMap(overlap -> Stream.of(wayForward(overlap), wayBack(overlap)))
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt((RotationState state) -> kinds.indexOf(state.getClass()))
                        .thenComparingInt(DecisionTable::stepBack))
                .forEach(state -> rows.computeIfAbsent(row(state), _ -> new LinkedHashSet<>())
                        .add(state));
        return rows;
    }

    private static int stepBack(RotationState state) {
        return state instanceof Compensating back
                ? 2 * back.remaining().getFirst().ordinal() + (back.complete() ? 0 : 1)
                : 0;
    }

    private static String row(RotationState state) {
        return switch (state) {
            case Requested requested ->
                switch (requested.purpose()) {
                    case ROTATE -> "Requested";
                    case ADOPT -> "Requested, to adopt";
                    case REPAIR -> "Requested, to repair";
                };
            case Promoted promoted -> "Promoted" + old(promoted.change());
            case AwaitingConsumers awaiting ->
                "Published" + (awaiting.published().attempt() == 1 ? "" : ", stamped again") + old(awaiting.change());
            case Compensating back ->
                "Compensating, " + back.remaining().getFirst() + (back.complete() ? "" : ", to end as Failed");
            case Generated generated ->
                generated.draw() < Sagas.LIMITS.draws() ? "Generated" : "Generated, for the last time";
            case AwaitingApproval _,
                    ValueRefused _,
                    Applied _,
                    Tested _,
                    ConsumersMoved _,
                    Retired _,
                    Paused _,
                    Succeeded _,
                    RolledBack _,
                    Failed _ -> state.phase();
        };
    }

    private static String old(Change change) {
        return switch (change.retirement()) {
            case AFTER_READERS -> "";
            case BEFORE_READERS -> ", old value to die first";
            case DONE -> ", old value dead";
        };
    }

    private static List<RotationState> wayForward(Overlap overlap) {
        var change = Sagas.change(overlap);
        var closing = Sagas.compromised(overlap);
        var closed = closing.with(Retirement.DONE);
        return Stream.concat(
                        Sagas.states(overlap).stream().filter(state -> !(state instanceof Compensating)),
                        Stream.of(
                                new Paused(new Generated(change), TROUBLE),
                                new Paused(new ValueRefused(change, 1), TROUBLE),
                                new Paused(new Applied(change, Sagas.START), TROUBLE),
                                new Paused(new Tested(change, Sagas.START), TROUBLE),
                                new Generated(Sagas.unissued()),
                                new Promoted(change, Sagas.START, 4, 1, Sagas.published(1)),
                                new Promoted(change, Sagas.START, 4, 2, Sagas.published(1)),
                                new AwaitingConsumers(change, Sagas.START, 4, Sagas.published(2)),
                                new Promoted(closing, Sagas.START, 4, 1, null),
                                new Promoted(closed, Sagas.START, 4, 1, null),
                                new Promoted(closed, Sagas.START, 4, 1, Sagas.published(1)),
                                new AwaitingConsumers(closed, Sagas.START, 4, Sagas.published(1)),
                                new AwaitingConsumers(closed, Sagas.START, 4, Sagas.published(2))))
                .toList();
    }

    /** All that follow when steps back are done or given up, from wherever a run may turn back. */
    private static List<RotationState> wayBack(Overlap overlap) {
        var change = Sagas.change(overlap);
        var open = new ArrayDeque<RotationState>();
        open.add(Compensation.discard(change, Sagas.WHY).next());
        for (var reach : Reach.values()) {
            open.add(Compensation.begin(
                            change, reach, Sagas.WHY, reach == Reach.PUBLICATIONS ? Sagas.published(1) : null)
                    .next());
        }
        var found = new LinkedHashSet<RotationState>();
        while (!open.isEmpty()) {
            if (open.remove() instanceof Compensating back && found.add(back)) {
                var late = Sagas.after(Duration.ofHours(1));
                open.add(RotationSaga.decide(back, Sagas.done(back.remaining().getFirst()), late)
                        .next());
                open.add(RotationSaga.decide(back, new Input.Rejected(Sagas.WHY), late)
                        .next());
            }
        }
        return List.copyOf(found);
    }
}
