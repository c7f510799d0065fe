package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.shop.Fleet;
import org.awaitility.Awaitility;

/** Single roles of one database that become due at once, each with a Secret of its own. */
final class ManyRoles {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Testbed testbed;
    private final Fleet fleet;
    private final List<String> members;
    private int token;

    ManyRoles(Testbed testbed, String namespace, int size) {
        this.testbed = testbed;
        this.fleet = new Fleet(testbed, testbed.postgres(), namespace);
        this.members = IntStream.range(0, size).mapToObj(i -> "role-" + i).toList();
    }

    /** Database, roles, paths and Secrets, but no SecretRotation yet. */
    void furnish() {
        fleet.create();
        members.forEach(member -> fleet.add(member, false, List.of(member)));
    }

    /** Creates the SecretRotations and waits until every credential is adopted; each finds the database at a port of its own choice. */
    void adopt(ToIntFunction<String> port) {
        fleet.apply(members.stream()
                .map(member -> fleet.manifest(member, false, List.of(member), port.applyAsInt(member), "")));
        Awaitility.await("all roles adopted")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> fleet.statuses("phase").stream().allMatch("Succeeded"::equals));
    }

    /** Asks for a run of each of them, all at the same time. */
    Round rotate(List<String> some, TopicTail rotations) {
        var annotation = Map.of("keyturn.io/rotate", "bench-" + ++token);
        var asked = new ConcurrentHashMap<String, Long>();
        long begin = System.nanoTime();
        some.stream()
                .map(member -> Thread.ofVirtual().start(() -> {
                    fleet.annotate(member, annotation);
                    asked.put(member, System.nanoTime());
                }))
                .toList()
                .forEach(RawKubernetes::join);
        return new Round(new RunRows(testbed.postgres()), rotations, fleet, begin, asked);
    }

    Fleet fleet() {
        return fleet;
    }

    List<String> members() {
        return members;
    }
}
