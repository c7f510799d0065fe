package io.keyturn.rotation;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.keyturn.rotation.bed.Links;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.LostAnswers;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each server is away for a while in the middle of a run, and what it is asked meanwhile is counted at its door: requests whose answers
 * are lost, or connections that end as soon as they are made. A loop without a pause asks dozens or thousands of times in a second.
 */
@QuarkusTest
@TestProfile(Links.class)
class HotLoopIT extends Scenario {
    private static final Duration AWAY = Duration.ofSeconds(6);
    private static final int MOST_PER_SECOND = 15;

    private final Testbed bed = Testbed.shared();

    @Proves("I9")
    @Test
    void storeThatIsAwayIsNotAskedAllTheTime() {
        inMidRun();
        isAskedInMeasure(Links.current().store());
    }

    @Proves("I9")
    @Test
    void databaseOfTheRunsThatIsAwayIsNotAskedAllTheTime() {
        inMidRun();
        isAskedInMeasure(Links.current().runs());
    }

    @Proves("I9")
    @Test
    void targetThatIsAwayIsNotAskedAllTheTime() {
        try (var link = LostAnswers.before(bed.postgres().host(), bed.postgres().port())) {
            shop.behind(link.port());
            inMidRun();
            isAskedInMeasure(link);
        }
    }

    /** Somebody else listens on its port, who ends each connection. */
    @Proves("I9")
    @Test
    void brokerThatIsAwayIsNotAskedAllTheTime() throws IOException {
        inMidRun();
        int port = Integer.parseInt(bed.kafka().bootstrapServers().split(":", 2)[1]);
        bed.kafka().kill();
        var knocks = new AtomicLong();
        try (var door = new ServerSocket(port)) {
            Thread.ofVirtual().start(() -> {
                while (!door.isClosed()) {
                    try (var _ = door.accept()) {
                        knocks.incrementAndGet();
                    } catch (IOException closed) {
                        // The test is over, or whoever knocked is gone.
                    }
                }
            });
            isAskedInMeasure(knocks::get);
        } finally {
            bed.kafka().resume();
        }
    }

    /** The old value is to be retired soon, which takes the target, the store and the database, and is stated to the broker. */
    private void inMidRun() {
        var policy = adopted(true, "retire: {after: 3s}");
        state(policy, newRun(), last(policy), null);
        awaitPhase("ConsumersMoved");
    }

    private static void isAskedInMeasure(LostAnswers link) {
        link.lose(_ -> true);
        try {
            isAskedInMeasure(link::answers);
        } finally {
            link.lose(_ -> false);
        }
    }

    private static void isAskedInMeasure(LongSupplier asked) {
        await("it is asked").atMost(PATIENCE).until(() -> asked.getAsLong() > 0);
        await().during(AWAY)
                .atMost(AWAY.multipliedBy(2))
                .untilAsserted(
                        () -> assertThat(asked.getAsLong()).isLessThanOrEqualTo(AWAY.toSeconds() * MOST_PER_SECOND));
    }
}
