package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.pod.PodRunner;
import io.keyturn.testbed.shop.Shop;
import org.awaitility.Awaitility;

/** One request to rotate the shop's credential → its consumers moved → succeeded, again and again, while its pods log in. */
final class OneRotation {
    static final String NAMESPACE = "bench-shop";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Testbed testbed;
    private final PodRunner pods;
    private final Shop shop;
    private final TopicTail rotations;
    private int token;

    /** Opens the shop and waits until its credential is adopted. */
    OneRotation(Testbed testbed, PodRunner pods, TopicTail rotations) {
        this.testbed = testbed;
        this.pods = pods;
        this.rotations = rotations;
        this.shop = Shop.open(testbed, pods, NAMESPACE);
        shop.startRotation(Shop.Strategy.ALTERNATING, Duration.ofSeconds(90));
        Awaitility.await("adopted").atMost(PATIENCE).until(() -> "Succeeded".equals(shop.status("phase")));
    }

    /** Nanoseconds from the API server's answer to the request. */
    private record Times(long moved, long succeeded) {}

    void measure(int runs, Report report) {
        rotate(); // the first one warms up
        var byHand = new RollOuts(testbed.kubernetes().admin(), NAMESPACE);
        double rollOut = byHand.seconds(List.of(List.of("orders-api"), List.of("orders-worker"), List.of("reports")));
        var moved = new ArrayList<Long>();
        var succeeded = new ArrayList<Long>();
        for (int i = 0; i < runs; i++) {
            var times = rotate();
            moved.add(times.moved());
            succeeded.add(times.succeeded());
        }
        report.must(pods.ledger().failedLogins(NAMESPACE).isEmpty(), "no login failed while credentials were rotated");
        var limit = new Report.Limit("the same roll-outs by hand", rollOut);
        tell("consumers moved", Samples.ofNanos(moved), limit, report);
        tell("succeeded", Samples.ofNanos(succeeded), limit, report);
    }

    private static void tell(String what, Samples samples, Report.Limit limit, Report report) {
        report.figure("request → " + what + ", median", samples.median() / 1000, "s", limit);
        report.figure("request → " + what + ", max", samples.max() / 1000, "s", limit);
    }

    /** One run to its end, its status written. */
    void rotateOnce() {
        rotate();
    }

    private Times rotate() {
        long before = System.nanoTime();
        shop.rotateNow("bench-" + ++token);
        long asked = System.nanoTime();
        var moved = rotations.await(fact -> of(fact, "consumers-moved"), before, PATIENCE);
        var end = rotations.await(
                fact -> of(fact, "succeeded") || of(fact, "rolled-back") || of(fact, "failed"), before, PATIENCE);
        if (!end.step().equals("succeeded")) {
            throw new IllegalStateException("the shop's rotation ended as " + end.step());
        }
        Awaitility.await("status written")
                .atMost(PATIENCE)
                .until(() -> end.run().equals(shop.status("lastRotation.id")));
        shop.awaitAvailable();
        return new Times(moved.at() - asked, end.at() - asked);
    }

    private static boolean of(TopicTail.Seen fact, String step) {
        return fact.namespace().equals(NAMESPACE) && fact.step().equals(step);
    }
}
