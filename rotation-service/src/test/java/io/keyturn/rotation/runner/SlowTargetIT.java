package io.keyturn.rotation.runner;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.shop.Fleet;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two targets that answer, but late; half of all runs that a process drives at once would fit into each. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class SlowTargetIT extends Scenario {
    /** At each; far more than keyturn.rotation.runner.per-target. */
    private static final int MANY = 40;
    /** A login takes about six answers, and must not take 5 s. */
    private static final int LATE_MILLIS = 500;

    private static final String LATE = "late";

    @Inject
    RunBulkheads bulkheads;

    private final Testbed bed = Testbed.shared();

    private record Slow(Fleet fleet, Proxy link) {}

    @Proves({"R10", "I10"})
    @Test
    void runsOfOthersDoNotWaitForThoseOfSlowTargets() throws IOException {
        var policy = adopted(true);
        var both = Stream.of("slow", "slower").map(this::slow).toList();
        try {
            for (var slow : both) {
                slow.link().toxics().latency(LATE, ToxicDirection.UPSTREAM, LATE_MILLIS);
            }
            both.forEach(SlowTargetIT::create);
            await("all are due")
                    .atMost(PATIENCE)
                    .until(() -> both.stream().allMatch(slow -> count(slow, "true") == MANY));
            await().atMost(PATIENCE)
                    .until(() -> both.stream().mapToInt(this::inside).sum() >= 20);

            var run = newRun();
            state(policy, run, last(policy), null);
            awaitOutcome("Succeeded", run);

            for (var slow : both) {
                assertThat(inside(slow)).as("it answers, so several are tried").isGreaterThan(1);
                await("some that were due before have not had their turn")
                        .until(() -> count(slow, "phase = 'Requested' and tries = 0 and claimed_until is null") > 0);
            }
            for (var slow : both) {
                slow.link().toxics().get(LATE).remove();
            }
            await("once they are fast")
                    .atMost(PATIENCE)
                    .until(() -> both.stream().allMatch(slow -> count(slow, "outcome = 'Succeeded'") == MANY));
        } finally {
            for (var slow : both) {
                slow.link().delete();
            }
        }
    }

    private Slow slow(String name) {
        var fleet = new Fleet(bed, bed.postgres(), shop.namespace + "-" + name);
        fleet.create();
        members().forEach(member -> fleet.add(member, false, List.of(member)));
        var link = bed.faults()
                .proxy(fleet.namespace(), "localhost:" + bed.postgres().port());
        return new Slow(fleet, link);
    }

    private static void create(Slow slow) {
        slow.fleet()
                .apply(members()
                        .map(member -> slow.fleet()
                                .manifest(member, false, List.of(member), FaultProxy.port(slow.link()), "")));
    }

    private static Stream<String> members() {
        return IntStream.range(0, MANY).mapToObj(i -> "role-" + i);
    }

    private int inside(Slow slow) {
        return bulkheads.inside("localhost:" + FaultProxy.port(slow.link()));
    }

    /** Runs of it of which this is true. */
    private long count(Slow slow, String condition) {
        try (var connection = bed.postgres().connect(RotationBed.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from rotation where namespace = '"
                        + slow.fleet().namespace() + "' and " + condition)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
    }
}
