package io.keyturn.rotation.saga;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.keyturn.rotation.saga.DecisionTable.Turn;

/** {@code docs/reference/state-machine.md}, from what the state machine decides when it is played. */
final class StateMachinePage {
    static final String PATH = "docs/reference/state-machine.md";

    private static final String HEAD = """
            # The state machine of a run

            Made from `RotationSaga`, by playing every state with every input; do not edit. What a state holds is described in `RotationState`
            (*Published* is `AwaitingConsumers` there), what an input says in `Input`, and what a step back does in `UndoStep`.

            ## States
            What leads from state to state. *Late*: only once a limit is past.
            ```mermaid
            stateDiagram-v2
              [*] --> Requested
            %s  Succeeded --> [*]
              RolledBack --> [*]
              Failed --> [*]
            ```

            ## Decisions
            | in the tables | means |
            |---|---|
            | `→ State` | the run enters it |
            | `→ next step` | the way back goes on with the next of its steps |
            | noted | the state notes what was written, or that the old value is dead, its time begins anew, and the rest follows |
            | again | the same command is tried again, after 0.5 s doubling to 15 s, by chance up to half of that sooner |
            | anew | the same command is tried again after 10 s, and its time begins anew |
            | past *limit*: | decided so from then on |
            | with `Pause`: | decided so where the policy says `onFailure: Pause` |
            | – | refused: the input does not belong to the state. It is a defect, which throws, is logged (`KT3005`) and changes nothing |

            | limit | counted from | how long |
            |---|---|---|
            | step | entering the state; a request must have been tried for so long too, since it may have waited for its turn | `keyturn.rotation.runner.step-deadline` |
            | readers | the publication in *Published*, else entering the state | `spec.consumers.deadline` |
            | grace | entering *ConsumersMoved* | `spec.retire.after` |
            | approval | entering *AwaitingApproval* | `keyturn.rotation.runner.approval-deadline` |
            | target | entering the state | what the kind of target says; none of its own is a step |

            Before `RETRACT_TARGET` a run waits for `spec.retire.after`, 10 s at most and not in an emergency: who has read the failed value from the store a moment ago still gets in.

            A row of the way back stands for every run that is at that step, wherever it turned back and whether or not old and new are both valid.
            *To end as Failed*: the run had never begun, or a step back was given up, and from then on no value is taken away.
            *Old value to die first*: a run with reason `COMPROMISE` and `spec.retire.compromised: BeforeReaders`.
            `PartlyWritten` that tells of nothing new is decided as the trouble that it holds.

            ### What commands come to
            %s
            ### What keeps them from it
            %s
            ## Facts
            What is stated in the same transaction.

            | from | to | by | facts |
            |---|---|---|---|
            %s""";

    private static final Predicate<Input> TROUBLE = input -> input instanceof Input.Trouble;

    private StateMachinePage() {}

    /** A way from state to state. */
    private record Way(String from, String to) {}

    /** The same, by what is told of it. */
    private record Told(String from, String to, String facts) {}

    static String make() {
        var ways = new LinkedHashMap<Way, Set<String>>();
        var told = new LinkedHashMap<Told, Set<String>>();
        DecisionTable.rows()
                .values()
                .forEach(states -> states.forEach(state -> Sagas.inputs()
                        .forEach((_, input) ->
                                DecisionTable.plays(state, input).forEach(turn -> note(turn, input, ways, told)))));
        return HEAD.formatted(diagram(ways), table(TROUBLE.negate()), table(TROUBLE), facts(told));
    }

    private static void note(Turn turn, Input input, Map<Way, Set<String>> ways, Map<Told, Set<String>> told) {
        var decision = turn.decision();
        if (decision == null || decision.next().equals(turn.state())) {
            return;
        }
        var from = turn.state().phase();
        var to = decision.next().phase();
        var by = input.getClass().getSimpleName() + (turn.past().isEmpty() ? "" : " (late)");
        ways.computeIfAbsent(new Way(from, to), _ -> new TreeSet<>()).add(by);
        var facts = decision.facts().stream()
                .map(fact -> "`" + fact.getClass().getSimpleName() + "`")
                .collect(Collectors.joining(", "));
        if (!facts.isEmpty()) {
            told.computeIfAbsent(new Told(from, to, facts), _ -> new TreeSet<>())
                    .add(by);
        }
    }

    private static String diagram(Map<Way, Set<String>> ways) {
        var lines = new StringBuilder();
        ways.forEach(
                (way, by) -> lines.append("  %s --> %s: %s\n".formatted(way.from(), way.to(), String.join(", ", by))));
        return lines.toString();
    }

    private static String facts(Map<Told, Set<String>> told) {
        var lines = new StringBuilder();
        told.forEach((t, by) -> lines.append(
                "| %s | %s | %s | %s |\n".formatted(t.from(), t.to(), "`" + String.join("`, `", by) + "`", t.facts())));
        return lines.toString();
    }

    private static String table(Predicate<Input> which) {
        var inputs = new LinkedHashMap<String, Input>();
        Sagas.inputs().forEach((name, input) -> {
            if (which.test(input)) {
                inputs.put(name, input);
            }
        });
        var table = new StringBuilder("| state | `" + String.join("` | `", inputs.keySet()) + "` |\n");
        table.append("|---".repeat(inputs.size() + 1)).append("|\n");
        DecisionTable.rows().forEach((row, states) -> {
            table.append("| ").append(row);
            inputs.values().forEach(input -> table.append(" | ").append(DecisionTable.cell(states, input)));
            table.append(" |\n");
        });
        return table.toString();
    }
}
