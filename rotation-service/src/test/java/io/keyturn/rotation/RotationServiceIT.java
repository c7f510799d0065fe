package io.keyturn.rotation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.keyturn.contract.codec.CloudEventCodec;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.canary.SecretCanary;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs of the whole service, black box: requests in; Vault, database, Secret, status and events out. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RotationServiceIT extends Scenario {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    /** What nobody may find, and the Secrets that hold it. */
    private static final Map<String, String> VALUES = new HashMap<>();

    private static final List<String> SECRETS = new ArrayList<>();

    @Proves("I7")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rotationReachesTargetStoreAndPublication(boolean alternating) throws Exception {
        var policy = adopted(alternating);
        var run = newRun();

        state(policy, run, last(policy), "00-" + TRACE + "-b7ad6b7169203331-01");
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);

        var live = shop.live();
        var user = live.get("username").asText();
        var password = live.get("password").asText();
        assertThat(user).isEqualTo(alternating ? shop.roleB : shop.roleA);
        assertThat(shop.accepts(user, password)).isTrue();
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
        assertThat(shop.published("password")).isEqualTo(password);
        assertThat(shop.published("user")).isEqualTo(user);
        assertThat(shop.published("theirs")).isEqualTo("left alone");
        assertThat(shop.keptRuns("orders")).isEmpty();

        var events = Topics.of(run);
        assertThat(events)
                .extracting(Scenario::name)
                .containsExactly(
                        "RotationStarted",
                        "RotationGenerated",
                        "RotationApplied",
                        "RotationTested",
                        "RotationPromoted",
                        "RotationPublished",
                        "RotationConsumersMoved",
                        "RotationRetired",
                        "RotationSucceeded");
        assertThat(events).extracting(RotationServiceIT::trace).containsOnly(TRACE);
        var annotations = shop.secret().getMetadata().getAnnotations();
        assertThat(annotations).containsEntry(Annotations.PUBLICATION, run + ".1");
        assertThat(annotations.get(Annotations.TRACEPARENT)).contains(TRACE);
        var status = shop.find("orders").getStatus();
        assertThat(status.phase()).isEqualTo("Succeeded");
        assertThat(status.version()).isEqualTo(2);
        assertThat(status.principal()).isEqualTo(user);
        assertThat(status.previousValidUntil()).isNull();
        awaitCondition("Ready", "True", "InForce");

        VALUES.putAll(Map.of(
                "new of " + user,
                password,
                "old of " + user,
                shop.firstPassword,
                "admin of " + user,
                shop.adminPassword));
        SECRETS.add(shop.namespace + "/orders-db");
    }

    /** To read everything takes long, so it is done once for all values. */
    @AfterAll
    static void noValueIsFoundWhereNoneMayBe() throws Exception {
        // Somebody runs another test of this class by itself.
        if (VALUES.isEmpty()) {
            return;
        }
        var canary = new SecretCanary(VALUES)
                .searchKafka(Testbed.shared().kafka())
                .searchTables(Testbed.shared().postgres())
                .searchFiles(RotationBed.SERVICE_LOG)
                .searchKubernetes(Testbed.shared().kubernetes().admin(), SECRETS);
        assertThat(canary.report().finds()).isEmpty();
        assertThat(canary.report().searched()).containsKeys("records", "rows", "files", "objects");
    }

    @Test
    void requestWithoutATraceIsOneTraceToo() {
        var policy = adopted(true);
        var run = newRun();

        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);

        assertThat(Topics.of(run).stream().map(RotationServiceIT::trace).distinct())
                .hasSize(1);
    }

    @Test
    void requestThatIsNotBasedOnTheLastRunIsRefused() {
        var policy = adopted(true);
        var run = newRun();

        state(policy, run, newRun(), null);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run))
                        .singleElement()
                        .satisfies(e -> assertThat(e.event())
                                .isInstanceOfSatisfying(
                                        RotationFailed.class,
                                        f -> assertThat(f.reason()).isEqualTo(RotationReason.STALE_REQUEST))));
        assertThat(shop.liveVersion()).isOne();
        awaitCondition("Ready", "True", "InForce");

        // A watcher that begins anew says it again, based on what it knows now.
        state(policy, run, last(policy), null);
        var good = newRun();
        state(policy, good, last(policy), null);
        awaitOutcome("Succeeded", good);
        assertThat(Topics.of(run)).hasSize(1);
        assertThat(shop.liveVersion()).isEqualTo(2);
    }

    @Test
    void requestThatCallsItByAnotherNameIsNoRunOfIt() {
        var policy = adopted(true);
        var last = last(policy);
        var run = newRun();

        stateCompromise(ObjectRef.secretRotation(shop.namespace, "another"), policy, run);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run))
                        .isNotEmpty()
                        .last()
                        .extracting(EventEnvelope::event)
                        .isInstanceOfSatisfying(
                                RotationFailed.class,
                                f -> assertThat(f.reason()).isEqualTo(RotationReason.DELETED)));
        var good = newRun();
        state(policy, good, last, null);
        awaitOutcome("Succeeded", good);
    }

    @Test
    void aRunThatChangedNothingOvertakesNoRequest() {
        var policy = adopted(true);
        var runs = twoAccepted(policy);
        shop.vault("db-admin", shop.adminRole, "wrong");

        suspend(false);

        runs.forEach(run -> await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run).getLast().event())
                        .isInstanceOfSatisfying(
                                RotationFailed.class,
                                end -> assertThat(end.reason()).isEqualTo(RotationReason.ADMIN_REFUSED))));
    }

    @Test
    void ofTwoRequestsThatAreBasedOnTheSameRunOneIsCarriedOut() {
        var policy = adopted(true);
        var runs = twoAccepted(policy);

        suspend(false);

        runs.forEach(
                run -> await().atMost(PATIENCE).until(() -> isEnd(Topics.of(run).getLast())));
        var ends = runs.stream().map(run -> Topics.of(run).getLast().event()).toList();
        assertThat(ends).hasAtLeastOneElementOfType(RotationSucceeded.class);
        assertThat(ends)
                .filteredOn(RotationFailed.class::isInstance)
                .singleElement()
                .satisfies(end -> assertThat(((RotationFailed) end).reason()).isEqualTo(RotationReason.STALE_REQUEST));
        assertThat(shop.liveVersion()).isEqualTo(2);
        // What never began is no trouble of the credential, and nobody bases a request on it.
        var done = runs.get(ends.getFirst() instanceof RotationSucceeded ? 0 : 1);
        awaitOutcome("Succeeded", done);
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(4))
                .untilAsserted(() ->
                        assertThat(requireNonNull(condition("Ready")).status()).isEqualTo("True"));
        var next = newRun();
        state(policy, next, done, null);
        awaitOutcome("Succeeded", next);
        assertThat(shop.liveVersion()).isEqualTo(3);
    }

    private static boolean isEnd(EventEnvelope envelope) {
        return envelope.event() instanceof RotationSucceeded || envelope.event() instanceof RotationFailed;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void checkThatFailsBringsThePreviousValueBackEverywhere(boolean alternating) throws IOException {
        var checks = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        checks.createContext("/", exchange -> {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        checks.start();
        try {
            var policy = adopted(
                    alternating,
                    "verify: [{http: {url: \"http://checks.shop.svc:"
                            + checks.getAddress().getPort() + "/health\"}}]",
                    "consumers: {deadline: 4s}");
            var run = newRun();
            state(policy, run, last(policy), null);
            awaitOutcome("RolledBack", run);

            assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
            assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
            assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
            assertThat(shop.published("user")).isEqualTo(shop.roleA);
            assertThat(shop.published("password")).isEqualTo(shop.firstPassword);
            assertThat(shop.keptRuns("orders")).isEmpty();
            assertThat(Topics.of(run).getLast().event())
                    .isInstanceOfSatisfying(
                            RotationRolledBack.class,
                            e -> assertThat(e.reason()).isEqualTo(RotationReason.VERIFY_FAILED));
            // Stamped once, and for the way back: a failing check is no reason to stamp the same content again.
            assertThat(Topics.of(run))
                    .map(EventEnvelope::event)
                    .filteredOn(RotationPublished.class::isInstance)
                    .map(e -> ((RotationPublished) e).publication().value())
                    .containsExactly(run + ".1", run + ".2");
        } finally {
            checks.stop(0);
        }
    }

    @Test
    void forgedRestartReportRetiresNothingWhileAnOldPodLives() {
        var policy = adopted(true);
        var admin = Testbed.shared().kubernetes().admin();
        var pod = shop.reader();
        admin.resource(pod)
                .editStatus(p -> new PodBuilder(p)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .endStatus()
                        .build());
        var created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(2)));
        var run = newRun();
        state(policy, run, last(policy), null);
        await().atMost(PATIENCE)
                .until(() -> "Published".equals(shop.find("orders").getStatus().phase()));

        for (int i = 0; i < 5; i++) {
            var plan = new PlanRef(
                    new PlanId("p" + i), ObjectRef.secret(shop.namespace, "orders-db"), new PublicationId(run + ".1"));
            Topics.state(Service.RESTART, new RestartCompleted(plan, Instant.now(), 1, 0), null);
        }

        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(6))
                .until(() -> shop.accepts(shop.roleA, shop.firstPassword)
                        && "Published".equals(shop.find("orders").getStatus().phase()));
        shop.end(pod);
        awaitOutcome("Succeeded", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    /** Whoever may annotate a ConfigMap may name a publication there that no run can have. */
    @Test
    void reportOfAPublicationThatFitsNoRunHoldsUpNobody() {
        var secret = ObjectRef.secret(shop.namespace, "orders-db");
        var report = new RestartCompleted(
                new PlanRef(new PlanId("p"), secret, new PublicationId("misfit.1")), Instant.now(), 1, 0);
        var text = new String(CloudEventCodec.value(report), StandardCharsets.UTF_8);

        Topics.stateBadly(Service.RESTART, report, text.replace("misfit.1", "a".repeat(45) + ".1"));

        await().atMost(PATIENCE)
                .until(() -> Topics.records(Topic.RESTARTS.deadLetterTopic(Service.ROTATION)).stream()
                        .anyMatch(letter -> String.valueOf(letter.key()).contains("/" + shop.namespace + "/")));
    }

    @Test
    void oldValueLivesThroughItsGracePeriodAndStatusSaysUntilWhen() {
        var policy = adopted(true, "retire: {after: 5s}");
        var run = newRun();

        state(policy, run, last(policy), null);

        await().atMost(PATIENCE).until(() -> shop.find("orders").getStatus().previousValidUntil() != null);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        awaitOutcome("Succeeded", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Test
    void editOfThePersonDuringTheGracePeriodKeepsTheOldValueAlive() {
        var policy = adopted(true, "retire: {after: 4s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        await().atMost(PATIENCE)
                .until(() ->
                        "ConsumersMoved".equals(shop.find("orders").getStatus().phase()));

        shop.vault("db", shop.roleA, "written-by-hand");

        awaitOutcome("Failed", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
        assertThat(shop.published("user")).isEqualTo(shop.roleB);
        awaitCondition("Ready", "False", "STORE_CHANGED");
    }

    @Test
    void adminThatIsRefusedEndsTheRunBeforeAnythingIsTouched() {
        var policy = adopted(true);
        shop.vault("db-admin", shop.adminRole, "wrong");
        var run = newRun();

        state(policy, run, last(policy), null);
        awaitOutcome("Failed", run);

        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationFailed.class, e -> assertThat(e.reason()).isEqualTo(RotationReason.ADMIN_REFUSED));
        assertThat(shop.liveVersion()).isOne();
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
    }

    @Test
    void runWhoseSecretRotationIsDeletedFinishesWithTheSpecItBeganWith() {
        var policy = adopted(true, "retire: {after: 4s}");
        var run = newRun();
        state(policy, run, last(policy), null);
        await().atMost(PATIENCE)
                .until(() ->
                        "ConsumersMoved".equals(shop.find("orders").getStatus().phase()));

        Testbed.shared().kubernetes().admin().resource(policy).delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(name(Topics.of(run).getLast())).isEqualTo("RotationSucceeded"));
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
    }

    @Test
    void nothingIsStartedWhileSuspendedAndTheRequestIsNotLost() {
        var policy = adopted(true);
        suspend(true);
        var run = newRun();

        state(policy, run, last(policy), null);

        await().atMost(PATIENCE)
                .until(() -> "Requested".equals(shop.find("orders").getStatus().phase()));
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(4))
                .until(() -> "Requested".equals(shop.find("orders").getStatus().phase()));
        assertThat(shop.keptRuns("orders")).isEmpty();
        assertThat(RotationBed.SERVICE_LOG)
                .content()
                .contains(run + " accepted for")
                .doesNotContain(run + " of ");
        suspend(false);
        awaitOutcome("Succeeded", run);
    }

    @Test
    void checkOfAForbiddenAddressEndsTheRunBeforeAnythingIsTouched() {
        var policy = adopted(true);
        patch("{\"spec\": {\"verify\": [{\"http\": {\"url\": \"http://link-local.shop.svc/health\"}}]}}");
        var run = newRun();

        state(policy, run, last(policy), null);
        awaitOutcome("Failed", run);

        assertThat(Topics.of(run)).extracting(Scenario::name).containsExactly("RotationStarted", "RotationFailed");
        assertThat(shop.liveVersion()).isOne();
        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message()).contains("spec.verify[0].http.url: link-local.shop.svc resolves to");
    }

    /** Two requests that are based on the same run; both are accepted, since neither may begin yet. */
    private List<RotationId> twoAccepted(SecretRotation policy) {
        var last = last(policy);
        suspend(true);
        var runs = List.of(newRun(), newRun());
        runs.forEach(run -> state(policy, run, last, null));
        runs.forEach(run -> await().atMost(PATIENCE).until(() -> Topics.of(run).size() == 1));
        awaitCondition("Begun", "False", "Suspended");
        return runs;
    }

    private void suspend(boolean suspend) {
        patch("{\"spec\": {\"suspend\": " + suspend + "}}");
    }

    private static String trace(EventEnvelope envelope) {
        return requireNonNull(envelope.traceparent()).split("-")[1];
    }
}
