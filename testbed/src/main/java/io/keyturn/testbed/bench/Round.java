package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.testbed.shop.Fleet;
import org.awaitility.Awaitility;

/**
 * Runs that were asked for at once, and what became of them by the topic.
 *
 * @param begin when the first request was sent
 * @param asked when the API server had answered, by member
 */
record Round(RunRows rows, TopicTail rotations, Fleet fleet, long begin, Map<String, Long> asked) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Set<String> ENDS = Set.of("succeeded", "rolled-back", "failed");

    /** Waits until the runs of these members have ended, however, and status says so: the next request is based on it. */
    void await(Collection<String> members) {
        Awaitility.await("all rotations ended")
                .atMost(PATIENCE)
                .until(() -> ends().keySet().containsAll(members));
        var runs = ends(members).map(TopicTail.Seen::run).toList();
        Awaitility.await("status of all written")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> fleet.statuses("lastRotation.id").containsAll(runs));
    }

    /** How many of them have succeeded by now. */
    long succeeded(Collection<String> members) {
        return ends(members).filter(end -> end.step().equals("succeeded")).count();
    }

    /** Rotations per second of these members, until the last of them succeeded. */
    double perSecond(Collection<String> members) {
        long last = ends(members).mapToLong(TopicTail.Seen::at).max().orElseThrow();
        return members.size() / ((last - begin) / 1e9);
    }

    /** From the API server's answer to the request until the end was read: most of it is waiting where many are due. */
    Samples sinceRequest(Collection<String> members) {
        return Samples.ofNanos(ends(members)
                .map(end -> end.at() - Objects.requireNonNull(asked.get(end.name())))
                .toList());
    }

    /** Of the runs themselves, from the claim to the last commit. */
    Samples driven(Collection<String> members) {
        return rows.driven(ends(members).map(TopicTail.Seen::run).toList());
    }

    private Stream<TopicTail.Seen> ends(Collection<String> members) {
        var wanted = Set.copyOf(members);
        return ends().values().stream().filter(end -> wanted.contains(end.name()));
    }

    private Map<String, TopicTail.Seen> ends() {
        return rotations.since(begin).stream()
                .filter(fact -> fact.namespace().equals(fleet.namespace()) && ENDS.contains(fact.step()))
                .collect(Collectors.toMap(TopicTail.Seen::name, Function.identity(), (first, _) -> first));
    }
}
