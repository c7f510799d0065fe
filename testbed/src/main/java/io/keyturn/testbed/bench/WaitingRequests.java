package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.testbed.fault.FaultProxy;
import io.keyturn.testbed.platform.Platform;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import org.awaitility.Awaitility;

/**
 * Requests that come while rotation-service's own database swallows packets: what they do to its heap, and whether each has its outcome
 * once the database is back.
 */
final class WaitingRequests {
    /**
     * So much the heap may grow, in MB, however many wait: Kafka's client holds at most 1 MiB of each of the six partitions, four records
     * are taken at a time; the rest is for what an outage brings with it.
     */
    private static final double BOUND = 8.4;

    /** For one SecretRotation: what a great many for one cost is another question. */
    private static final int FOR_EACH = 1000;

    private static final int FEWEST = 5;
    private static final int WARM_UP = 500;
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int LOOKS = 10;
    private static final Duration PATIENCE = Duration.ofHours(1);
    /** With what the ids of requests begin: those of the watcher's do not. */
    private static final String FIRST = "benchfirst";

    private static final String WAITING = "benchwaiting";
    private static final String SILENCE = "silence";

    private final Platform platform;
    private final int size;
    private final TopicTail rotations;
    private final RunningService service;
    private final ManyRoles roles;
    private final RunRows rows;
    private final Proxy link;

    WaitingRequests(Platform platform, TopicTail rotations, int size) {
        var testbed = platform.testbed();
        this.platform = platform;
        this.rotations = rotations;
        this.service = platform.service(ServiceJar.ROTATION);
        this.size = size;
        this.roles = new ManyRoles(testbed, "bench-waiting", Math.max(FEWEST, size / FOR_EACH));
        this.rows = new RunRows(testbed.postgres());
        this.link = testbed.faults()
                .proxy("bench-state", "localhost:" + testbed.postgres().port());
    }

    void measure(Report report) {
        var requests = new StaleRequests(platform.testbed().kafka(), roles.fleet(), roles.members());
        throughTheLink();
        roles.furnish();
        roles.adopt(_ -> platform.testbed().postgres().port());
        // So that what is loaded or compiled at the first request is there before.
        requests.send(FIRST, WARM_UP);
        awaitRecorded(FIRST, WARM_UP);
        Processes.awaitQuiet(platform);
        double before = Heap.liveMegabytes(service.pid());

        silence();
        double sent = requests.send(WAITING, size);
        double most = most();
        report.must(rows.count(WAITING, true) + rows.count(WAITING, false) == 0, "all " + size + " requests wait");
        report.figure("heap of rotation-service, live, before", before, "MB");
        report.figure("  with " + size + " requests waiting, at most", most, "MB");
        report.figure("  what those weigh on the topic", sent, "MB");
        report.must(most - before <= BOUND, "the heap has grown by no more than " + BOUND + " MB");

        speak();
        long begin = System.nanoTime();
        awaitRecorded(WAITING, size);
        report.figure("  recorded once the database is back", size / ((System.nanoTime() - begin) / 1e9), "per s");
        Awaitility.await("facts of all requests").atMost(PATIENCE).until(() -> stated(WAITING) >= size);
        report.must(
                rows.count(WAITING, true) == size && stated(WAITING) == size, "each has its outcome, and it is stated");
        var round = roles.rotate(roles.members(), rotations);
        round.await(roles.members());
        report.must(round.succeeded(roles.members()) == roles.members().size(), "rotations go on afterwards");
        report.figure("  heap afterwards", Heap.liveMegabytes(service.pid()), "MB");
    }

    /** rotation-service reaches its database through the proxy from now on. */
    private void throughTheLink() {
        var database = "localhost:" + FaultProxy.port(link) + "/" + RunRows.DATABASE;
        service.restart(List.of(
                "-Dquarkus.datasource.jdbc.url=jdbc:postgresql://" + database,
                "-Dquarkus.datasource.reactive.url=postgresql://" + database));
        service.awaitReady();
    }

    private void silence() {
        try {
            link.toxics().timeout(SILENCE, ToxicDirection.UPSTREAM, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void speak() {
        try {
            link.toxics().get(SILENCE).remove();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks again and again, as what was fetched, tried and given up changes all the time. */
    private double most() {
        double most = 0;
        for (int i = 0; i < LOOKS; i++) {
            most = Math.max(most, Heap.liveMegabytes(service.pid()));
            long end = System.nanoTime() + LOOK.toNanos();
            for (long left = LOOK.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
        return most;
    }

    private void awaitRecorded(String prefix, int size) {
        Awaitility.await("requests recorded")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> rows.count(prefix, true) >= size);
    }

    private long stated(String prefix) {
        return rotations.since(0).stream()
                .filter(fact -> fact.step().equals("failed") && fact.run().startsWith(prefix))
                .map(TopicTail.Seen::run)
                .distinct()
                .count();
    }
}
