package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.stream.Collectors;

import io.keyturn.testbed.platform.Platform;
import org.awaitility.Awaitility;

/** Many rotations due at once: how many per second, and what one costs each service. */
final class ManyRotations {
    private static final Duration PATIENCE = Duration.ofSeconds(300);

    private final Platform platform;
    private final TopicTail rotations;
    private final RoleFleet fleet;

    ManyRotations(Platform platform, TopicTail rotations, int roles) {
        this.platform = platform;
        this.rotations = rotations;
        this.fleet = new RoleFleet(platform.testbed(), roles);
    }

    void measure(RawPostgres postgres, Report report) {
        fleet.adopt();
        var cpuBefore = Processes.cpu(platform);
        long begin = System.nanoTime();
        fleet.rotateAll("bench");
        Awaitility.await("all rotations ended")
                .atMost(PATIENCE)
                .until(() -> ended(begin, "succeeded") + ended(begin, "rolled-back") + ended(begin, "failed")
                        >= fleet.size());
        var cpu = Processes.cpuSince(platform, cpuBefore);
        long last = rotations.since(begin).stream()
                .filter(fact -> fact.namespace().equals(RoleFleet.NAMESPACE)
                        && fact.step().equals("succeeded"))
                .mapToLong(TopicTail.Seen::at)
                .max()
                .orElse(begin);
        double seconds = (last - begin) / 1e9;
        report.must(ended(begin, "succeeded") == fleet.size(), "all " + fleet.size() + " rotations succeeded");
        for (int connections : new int[] {1, 8}) {
            var limit = new Report.Limit(
                    "ALTER ROLE … PASSWORD, " + connections + (connections == 1 ? " connection" : " connections"),
                    postgres.passwordsPerSecond(connections));
            report.figure(fleet.size() + " rotations due at once", fleet.size() / seconds, "per s", limit);
        }
        Processes.tellCost("rotation", cpu, fleet.size(), report);
    }

    /** How many different runs of the fleet ended so. */
    private int ended(long since, String how) {
        return rotations.since(since).stream()
                .filter(fact -> fact.namespace().equals(RoleFleet.NAMESPACE)
                        && fact.step().equals(how))
                .map(TopicTail.Seen::name)
                .collect(Collectors.toSet())
                .size();
    }
}
