package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** No event alone does harm: what a report claims is looked at before anything irreversible happens. */
class ForgedReportST {
    private static final String NAMESPACE = "forged";

    @Test
    void aForgedReportThatAllHaveMovedRetiresNothing() throws ExecutionException, InterruptedException {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(20));
        var shop = scenario.shop();
        var before = shop.published();
        Keyturn.pods().nextPods(NAMESPACE, "orders-api").hang();

        var run = scenario.rotate("forged");
        var published = Keyturn.facts()
                .await(
                        NAMESPACE,
                        RotationPublished.class,
                        step -> step.run().id().equals(run));
        Keyturn.facts().await(NAMESPACE, run, EventType.RESTART_WORKLOAD_PATCHED);
        long notUnderstood = ConsumerGroups.deadLetters(Topic.RESTARTS, Service.ROTATION);
        for (int i = 0; i < 5; i++) {
            sayCompleted(published.publication());
        }
        ConsumerGroups.awaitRead(Topic.RESTARTS, Service.ROTATION);
        assertThat(ConsumerGroups.deadLetters(Topic.RESTARTS, Service.ROTATION))
                .as("records that rotation-service put aside")
                .isEqualTo(notUnderstood);

        await("the old role logs in until the run turns back")
                .atMost(Scenario.PATIENCE)
                .until(() -> {
                    assertThat(scenario.refused(before)).isFalse();
                    return shop.published().equals(before);
                });
        Keyturn.pods().heal(NAMESPACE);
        scenario.rollsBack(run, RotationReason.CONSUMERS_STUCK);

        assertThat(Keyturn.facts().ofRun(NAMESPACE, run))
                .extracting(envelope -> EventType.of(envelope.event()))
                .doesNotContain(EventType.ROTATION_CONSUMERS_MOVED, EventType.ROTATION_RETIRED);
        assertThat(scenario.refused(before)).isFalse();
        scenario.assertNobodyWasRefused();
    }

    /** As restart-service would say it. */
    private static void sayCompleted(PublicationId publication) throws ExecutionException, InterruptedException {
        var plan = new PlanRef(new PlanId("forged"), ObjectRef.secret(NAMESPACE, Shop.SECRET), publication);
        Forgery.say(Service.RESTART, List.of(new RestartCompleted(plan, Instant.now(), 3, 0)));
    }
}
