package io.keyturn.rotation;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.process.Tools;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Dependencies that go away in the middle and come back: every run ends well by itself. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class OutageIT extends Scenario {
    private static final Duration GRACE_SEEN = Duration.ofSeconds(1);

    @TestHTTPResource("/q/health/ready")
    @SuppressWarnings("NullAway.Init")
    URI readiness;

    private final Testbed bed = Testbed.shared();

    @Proves("R17")
    @Test
    void requestThatComesDuringADatabaseOutageIsNotLost() {
        var policy = adopted(true);
        var run = newRun();
        var last = last(policy);
        bed.postgres().stopImmediately();
        try {
            state(policy, run, last, null);
            await().atMost(PATIENCE).until(() -> !isReady());
        } finally {
            bed.postgres().resume();
        }

        awaitOutcome("Succeeded", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Proves("R21")
    @Test
    void factsOfARunDuringAKafkaOutageAreStatedAfterwards() {
        var policy = adopted(true, "retire: {after: 6s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        await().atMost(PATIENCE)
                .until(() ->
                        "ConsumersMoved".equals(shop.find("orders").getStatus().phase()));
        bed.kafka().kill();
        try {
            await().atMost(PATIENCE)
                    .until(() ->
                            "Succeeded".equals(shop.find("orders").getStatus().phase()));
        } finally {
            bed.kafka().resume();
        }

        awaitOutcome("Succeeded", run);
    }

    /** It takes what is sent, and says nothing: whether a fact has arrived nobody knows, and none is forgotten. */
    @Proves("R22")
    @Test
    void factsThatASilentBrokerDoesNotAcknowledgeAreStatedOnceItSpeaks() {
        var policy = adopted(true, "retire: {after: 2s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        bed.kafka().freeze();
        try {
            await().atMost(PATIENCE)
                    .until(() ->
                            "Succeeded".equals(shop.find("orders").getStatus().phase()));
        } finally {
            bed.kafka().unfreeze();
        }

        awaitOutcome("Succeeded", run);
        assertThat(Topics.of(run).stream().map(Scenario::name).distinct())
                .endsWith("RotationConsumersMoved", "RotationRetired", "RotationSucceeded");
    }

    @Proves({"R14", "I8"})
    @Test
    void sealedStoreDelaysARunAndBreaksNothing() {
        var policy = adopted(true, "retire: {after: 2s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        await().atMost(PATIENCE)
                .until(() ->
                        "ConsumersMoved".equals(shop.find("orders").getStatus().phase()));
        bed.openBao().seal();
        try {
            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(8))
                    .until(() -> "ConsumersMoved"
                                    .equals(shop.find("orders").getStatus().phase())
                            && shop.accepts(shop.roleA, shop.firstPassword));
        } finally {
            bed.openBao().unseal();
        }

        awaitOutcome("Succeeded", run);
    }

    @Proves("R15")
    @Test
    void tokenForTheStoreThatIsRevokedInTheMiddleOfARunIsReplaced() {
        var policy = adopted(true, "retire: {after: 2s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        int tokens = bed.openBao().api().list("auth/token/accessors").size();
        bed.openBao().api().write("sys/leases/revoke-prefix/auth/kubernetes/login", Map.of());
        assertThat(bed.openBao().api().list("auth/token/accessors")).hasSizeLessThan(tokens);

        // To delete the pending value takes a token.
        awaitOutcome("Succeeded", run);
        assertThat(bed.openBao()
                        .api()
                        .list("keyturn-pending/metadata/" + shop.namespace + "/"
                                + policy.getMetadata().getName()))
                .isEmpty();

        var next = newRun();
        state(policy, next, last(policy), null);
        awaitOutcome("Succeeded", next);
    }

    @Proves("R16")
    @Test
    void storeThatLimitsTheRateOfRequestsDelaysARunAndBreaksNothing() {
        var policy = adopted(true, "retire: {after: 2s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitPhase("ConsumersMoved");
        var quota = "sys/quotas/rate-limit/" + shop.namespace;
        // One request, and after it none for as long as this takes.
        bed.openBao()
                .api()
                .write(
                        quota,
                        Map.of("path", "keyturn-pending/", "rate", 1, "interval", "60s", "block_interval", "60s"));
        try {
            exhaust("keyturn-pending/metadata/" + shop.namespace);
            await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(8)).until(() -> !isOver());
        } finally {
            bed.openBao().api().delete(quota);
        }

        awaitOutcome("Succeeded", run);
    }

    /** Until the store answers 429. */
    private void exhaust(String path) {
        await().atMost(PATIENCE).until(() -> {
            try {
                bed.openBao().api().list(path);
                return false;
            } catch (VaultRefused refused) {
                return refused.status() == 429;
            }
        });
    }

    private boolean isOver() {
        return "Succeeded".equals(shop.find("orders").getStatus().phase());
    }

    @Proves("I8")
    @Test
    void kubernetesOutageDelaysARunAndBreaksNothing() {
        var policy = adopted(true);
        var run = newRun();
        var last = last(policy);
        bed.kubernetes().stopApiServer();
        try {
            state(policy, run, last, null);
            await().during(GRACE_SEEN).until(() -> shop.accepts(shop.roleA, shop.firstPassword));
        } finally {
            bed.kubernetes().startApiServer();
        }

        awaitOutcome("Succeeded", run);
    }

    @Test
    void resourceDefinitionThatComesLateIsFound() {
        bed.kubernetes()
                .admin()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("secretrotations.keyturn.io")
                .delete();
        await().atMost(PATIENCE)
                .until(() -> bed.kubernetes()
                                .admin()
                                .apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName("secretrotations.keyturn.io")
                                .get()
                        == null);
        // A definition that was just made has no conditions yet, which the testbed's wait takes ill.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> !bed.kubernetes()
                        .apply(Tools.repository().resolve("deploy/crds"))
                        .isEmpty());

        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.secret(Map.of("user", shop.roleA));
        shop.alternating("orders");

        awaitCondition("Adopted", "True", "CredentialProven");
    }

    @Test
    void lostStatusIsMadeAnew() {
        adopted(true);
        bed.kubernetes()
                .admin()
                .resources(io.keyturn.contract.resource.SecretRotation.class)
                .inNamespace(shop.namespace)
                .withName("orders")
                .subresource("status")
                .patch(
                        new io.fabric8.kubernetes.client.dsl.base.PatchContext.Builder()
                                .withPatchType(io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE)
                                .build(),
                        "{\"status\": null}");
        assertThat(condition("Adopted")).isNull();

        awaitCondition("Adopted", "True", "CredentialProven");
    }

    private boolean isReady() throws IOException {
        var connection = (HttpURLConnection) readiness.toURL().openConnection();
        try {
            return connection.getResponseCode() == 200;
        } finally {
            connection.disconnect();
        }
    }
}
