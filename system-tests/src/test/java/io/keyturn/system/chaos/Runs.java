package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPaused;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.reference.RotationId;

/** What is stated of the runs of a namespace; a record that came twice, with one id, counts once. */
record Runs(Supplier<List<EventEnvelope>> facts) {
    /** The facts of one run, oldest first. */
    record Run(RotationId id, List<RotationEvent> facts) {
        boolean has(EventType type) {
            return facts.stream().anyMatch(fact -> EventType.of(fact) == type);
        }

        boolean isOver() {
            return facts.stream().anyMatch(Runs::isEnd);
        }

        Instant lastAt() {
            return facts.getLast().at();
        }
    }

    private static boolean isEnd(RotationEvent fact) {
        return fact instanceof RotationSucceeded
                || fact instanceof RotationRolledBack
                || fact instanceof RotationFailed;
    }

    List<Run> of(Member member) {
        var seen = new HashSet<>();
        var runs = new LinkedHashMap<RotationId, Run>();
        for (var envelope : facts.get()) {
            if (envelope.event() instanceof RotationEvent fact
                    && fact.about().name().equals(member.name())
                    && seen.add(envelope.id())) {
                runs.computeIfAbsent(fact.run().id(), id -> new Run(id, new ArrayList<>()))
                        .facts()
                        .add(fact);
            }
        }
        return List.copyOf(runs.values());
    }

    boolean isRunning(Member member) {
        return of(member).stream().anyMatch(run -> !run.isOver());
    }

    /** Whether some run has ended after that moment, and none is under way. */
    boolean restsSince(Member member, Instant moment) {
        var runs = of(member);
        return runs.stream().allMatch(Run::isOver)
                && runs.stream().anyMatch(run -> run.lastAt().isAfter(moment));
    }

    /** Ids of what was asked for, and of what has begun, though it was never said to be over: a refused request ends with its first fact. */
    List<RotationId> endless(Member member) {
        var runs = of(member);
        var over = runs.stream().filter(Run::isOver).map(Run::id).toList();
        return Stream.concat(
                        requests(member).map(RotationRequested::id),
                        runs.stream().map(Run::id))
                .filter(id -> !over.contains(id))
                .distinct()
                .toList();
    }

    /** How many requests were said; one that was said again, or under an id that is known, is one. */
    int said(Member member) {
        return (int) requests(member).map(RotationRequested::id).distinct().count();
    }

    /** Whether anything was asked for that was made after that moment. */
    boolean isSaidSince(Member member, Instant moment) {
        return requests(member).anyMatch(request -> !request.at().isBefore(moment));
    }

    private Stream<RotationRequested> requests(Member member) {
        return facts.get().stream()
                .map(EventEnvelope::event)
                .filter(RotationRequested.class::isInstance)
                .map(RotationRequested.class::cast)
                .filter(request -> request.about().name().equals(member.name()));
    }

    /** How many runs ended how; the adoption is none. */
    Map<String, Integer> ends(List<Member> members) {
        var ends = new TreeMap<String, Integer>();
        for (var member : members) {
            for (var run : of(member)) {
                if (!run.has(EventType.ROTATION_ADOPTED) && run.isOver()) {
                    ends.merge(word(run.facts().getLast()), 1, Integer::sum);
                }
            }
        }
        return ends;
    }

    private static String word(RotationEvent end) {
        var word = end.getClass().getSimpleName();
        if (end instanceof RotationFailed failed) {
            return word + ", " + failed.reason();
        }
        return end instanceof RotationRolledBack back ? word + ", " + back.reason() : word;
    }

    /** How many versions of the live value these runs make: one forward, one more on the way back. */
    int versions(Member member) {
        int versions = 1;
        for (var run : of(member)) {
            if (run.has(EventType.ROTATION_PROMOTED)) {
                versions += run.has(EventType.ROTATION_ROLLED_BACK) ? 2 : 1;
            }
        }
        return versions;
    }

    /** What a run states more than once, though it happens once. */
    List<String> statedTwice(Member member) {
        var twice = new ArrayList<String>();
        for (var run : of(member)) {
            var types = new HashSet<>();
            for (var fact : run.facts()) {
                if (!(fact instanceof RotationPublished || fact instanceof RotationPaused)
                        && !types.add(EventType.of(fact))) {
                    twice.add(run.id() + " states twice: " + EventType.of(fact).type());
                }
            }
        }
        return twice;
    }

    /** Ids of steps under which more than one thing was said. A request says anew when it was made, under the id that its token gives. */
    List<String> idsUsedTwice() {
        var said = new LinkedHashMap<Object, EventEnvelope>();
        var twice = new ArrayList<String>();
        for (var envelope : facts.get()) {
            var before = said.putIfAbsent(envelope.id(), envelope);
            if (before != null
                    && envelope.event() instanceof RotationEvent
                    && !before.event().equals(envelope.event())) {
                twice.add("one id for two facts: " + envelope.id());
            }
        }
        return twice;
    }
}
