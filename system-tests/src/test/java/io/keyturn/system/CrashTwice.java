package io.keyturn.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.keyturn.system.CrashCase.Way;
import io.keyturn.testbed.shop.Shop.Strategy;

/**
 * Where a run may stand still a second time, in the process that took it over: at what changes something outside, as far as it still
 * lies before the run. What a process has committed is behind it; all else is done again.
 */
final class CrashTwice {
    /** Of all commands and steps back, as the service itself lists them; no way leads from a later one to an earlier one. */
    static final List<String> ORDER = List.of(
            "adopt",
            "repair",
            "listen",
            "prepare",
            "apply",
            "redraw",
            "test",
            "promote",
            "publish",
            "look-at-consumers",
            "retire",
            "finish",
            "restore-target",
            "restore-store",
            "restore-publications",
            "await-consumers",
            "retract-target",
            "discard");

    /** These change the target, the live path or a publication. */
    private static final Set<String> CHANGES = Set.of(
            "repair",
            "apply",
            "promote",
            "publish",
            "retire",
            "restore-target",
            "restore-store",
            "restore-publications",
            "retract-target");

    private CrashTwice() {}

    /** First stops: those of the simple matrix, and runs that are to go back, stopped on their way forward. */
    static List<CrashCase> firsts() {
        var turning = CrashCase.matrix().stream()
                .filter(one -> one.way() == Way.FORWARD && comesBefore(one, "retire"))
                .map(one -> new CrashCase(one.point(), one.strategy(), Way.BACK));
        return Stream.concat(CrashCase.matrix().stream(), turning).toList();
    }

    private static boolean comesBefore(CrashCase one, String step) {
        return ORDER.indexOf(CrashCase.step(one.point())) < ORDER.indexOf(step);
    }

    /** Every second stop of a case; none if nothing that changes anything is left to be done. */
    static List<String> seconds(CrashCase first) {
        int done = ORDER.indexOf(CrashCase.step(first.point()));
        int next = first.point().startsWith("committed-") ? done + 1 : done;
        return ORDER.subList(next, ORDER.size()).stream()
                .filter(steps(first.way(), first.strategy())::contains)
                .flatMap(step -> CrashCase.MOMENTS.stream().map(moment -> moment + "-" + step))
                .toList();
    }

    /** What a run of that kind changes. One that goes back stops the second time on its way back. */
    private static List<String> steps(Way way, Strategy strategy) {
        var steps = switch (way) {
            case ADOPTION -> List.of("adopt");
            case REPAIR -> List.of("repair");
            case FORWARD, APPROVAL -> CrashCase.FORWARD;
            case BACK -> {
                var back = new ArrayList<>(CrashCase.BACK);
                back.add(strategy == Strategy.SINGLE ? "restore-target" : "retract-target");
                yield back;
            }
        };
        return steps.stream().filter(CHANGES::contains).toList();
    }

    /** How many fleets it takes until every case has stood at each of its second stops. */
    static int rounds() {
        return firsts().stream().mapToInt(one -> seconds(one).size()).max().orElseThrow();
    }

    /** One fleet: each case with the next of its second stops, until it has no further one. */
    static List<CrashCase> round(int number) {
        var firsts = firsts();
        var cases = new ArrayList<CrashCase>();
        for (int i = 0; i < firsts.size(); i++) {
            var seconds = seconds(firsts.get(i));
            if (number < seconds.size()) {
                // Not all at the same place in the same round.
                cases.add(firsts.get(i).again(seconds.get((i + number) % seconds.size())));
            }
        }
        return cases;
    }
}
