package io.keyturn.watcher.observe;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.topic.Topic;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.TestObjects;
import io.keyturn.watcher.TopicLog;
import io.keyturn.watcher.WatcherTestbed;
import io.keyturn.watcher.filter.ObjectFilter;
import io.keyturn.watcher.leader.Campaign;
import io.keyturn.watcher.statement.StatementState;
import io.keyturn.watcher.topic.StatementSender;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** All objects are read, and one of them cannot be stated at that moment. */
@QuarkusTest
@QuarkusTestResource(WatcherTestbed.class)
class FailedLookIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectRef SECRET = ObjectRef.secret("failed-look", "db");

    @Inject
    Campaign campaign;

    @Inject
    ObjectReader reader;

    @Inject
    StatementSender sender;

    @Inject
    Clock clock;

    private final AtomicInteger looks = new AtomicInteger();

    private Fingerprinter failingAtFirst() {
        if (looks.incrementAndGet() == 1) {
            throw new IllegalStateException("Not now");
        }
        return new Fingerprinter(List.of(new Fingerprinter.Master(1, SecretValue.takeOver(new byte[32]))));
    }

    @Test
    void isLookedAtAgainAndNotInStepBefore() throws InterruptedException {
        campaign.stop();
        var kubernetes = Testbed.shared().kubernetes();
        kubernetes.createNamespace(SECRET.namespace());
        kubernetes
                .admin()
                .resource(TestObjects.secret(SECRET.namespace(), SECRET.name(), "password", "x"))
                .create();
        var workers = new ObjectWorkers(
                reader,
                new Describer(new ObjectFilter(Set.of())),
                StatementState.of(List.of()),
                sender,
                this::failingAtFirst,
                clock,
                1);
        try (var topic = new TopicLog(Topic.SECRETS)) {
            workers.settleOrMark(SECRET, reader.read(SECRET).orElseThrow());

            await().atMost(PATIENCE).until(workers::idle);
            assertThat(looks).hasValue(2);
            await().atMost(PATIENCE)
                    .until(() -> topic.events(SECRET, SecretChanged.class).size() == 1);
        } finally {
            workers.close();
        }
    }
}
