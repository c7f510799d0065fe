package io.keyturn.rotation;

import java.io.IOException;
import java.time.Duration;

import eu.rekawek.toxiproxy.Proxy;
import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.fault.FaultProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A namespace that is deleted in mid-run goes when the run is over, and the run does not wait for what went along with it. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class DeletedNamespaceIT extends Scenario {
    private static final Duration LONGER = Duration.ofSeconds(90);

    private final Testbed bed = Testbed.shared();

    @Test
    void wayBackDoesNotWaitForASecretThatNobodyMayMakeAnyMore() {
        var policy = adopted(true);
        shop.reader();
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("Published");
        bed.kubernetes().admin().resource(shop.secret()).delete();

        delete();

        assertThat(awaitEnd(run))
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        event -> assertThat(event.reason()).isEqualTo(RotationReason.DELETED));
        awaitGone();
        assertThat(Topics.of(run))
                .extracting(envelope -> envelope.event())
                .as("nothing was published on the way back")
                .filteredOn(RotationPublished.class::isInstance)
                .hasSize(1);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
        assertThat(shop.keptRuns("orders")).isEmpty();
    }

    /** The database was in the same namespace. */
    @Test
    void wayBackEndsWithoutTheDatabaseAndForgetsNoValue() throws IOException {
        var policy = adopted(false);
        shop.reader();
        var proxy =
                bed.faults().proxy(shop.namespace, "localhost:" + bed.postgres().port());
        try {
            through(proxy);
            var run = newRun();
            state(policy, run, last(policy), null);
            awaitPhase("Published");
            var next = shop.live().get("password").asText();
            proxy.disable();

            delete();

            assertThat(awaitEnd(run))
                    .isInstanceOfSatisfying(
                            RotationFailed.class,
                            event -> assertThat(event.reason()).isEqualTo(RotationReason.DELETED));
            awaitGone();
            assertThat(shop.accepts(shop.roleA, next)).isTrue();
            assertThat(shop.live().get("password").asText())
                    .as("what the database accepts")
                    .isEqualTo(next);
            assertThat(shop.keptRuns("orders")).containsExactly(run + "/");
        } finally {
            proxy.delete();
        }
    }

    @Test
    void runWithoutAWayBackEndsWithoutTheDatabase() throws IOException {
        var policy = adopted(true, "retire: {after: 3s}", "consumers: {deadline: 4s}");
        var proxy =
                bed.faults().proxy(shop.namespace, "localhost:" + bed.postgres().port());
        try {
            through(proxy);
            var run = newRun();
            state(policy, run, last(policy), null);
            awaitPhase("ConsumersMoved");
            proxy.disable();

            delete();

            assertThat(awaitEnd(run))
                    .isInstanceOfSatisfying(
                            RotationFailed.class,
                            event -> assertThat(event.reason()).isEqualTo(RotationReason.TARGET_UNREACHABLE));
            awaitGone();
            var live = shop.live();
            assertThat(shop.accepts(
                            live.get("username").asText(), live.get("password").asText()))
                    .isTrue();
        } finally {
            proxy.delete();
        }
    }

    /** Reaches the database by way of the proxy from now on. */
    private void through(Proxy proxy) {
        patch("{\"spec\": {\"target\": {\"postgres\": {\"port\": " + FaultProxy.port(proxy) + "}}}}");
    }

    /** The namespace controller deletes the SecretRotation only when all pods have ended, and no kubelet ends them here. */
    private void delete() {
        bed.kubernetes().admin().namespaces().withName(shop.namespace).delete();
        bed.kubernetes().admin().resource(find()).delete();
    }

    private RotationEvent awaitEnd(RotationId run) {
        return (RotationEvent) await().atMost(LONGER)
                .until(
                        () -> Topics.of(run).getLast().event(),
                        event -> event instanceof RotationRolledBack || event instanceof RotationFailed);
    }

    /** The namespace itself stays for as long as it has pods, which no kubelet ends here. */
    private void awaitGone() {
        await().atMost(PATIENCE).until(() -> shop.find("orders") == null);
        bed.kubernetes()
                .admin()
                .pods()
                .inNamespace(shop.namespace)
                .withGracePeriod(0)
                .delete();
        await().atMost(LONGER)
                .until(() -> bed.kubernetes()
                                .admin()
                                .namespaces()
                                .withName(shop.namespace)
                                .get()
                        == null);
    }

    private SecretRotation find() {
        return shop.find("orders");
    }
}
