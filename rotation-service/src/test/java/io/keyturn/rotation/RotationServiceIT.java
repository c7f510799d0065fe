package io.keyturn.rotation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PlanRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.contract.topic.Service;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.canary.SecretCanary;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The whole service, black box: SecretRotations and requests in; Vault, database, Secret, status and events out. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class RotationServiceIT extends Scenario {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @Test
    void adoptionProvesTheCredentialAndChangesNothing() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        var published = shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var roles = roles();

        shop.alternating("orders");

        awaitCondition("Adopted", "True", "CredentialProven");
        awaitCondition("Ready", "True", "InForce");
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
        assertThat(shop.liveVersion()).isOne();
        assertThat(roles()).isEqualTo(roles);
        assertThat(shop.find("orders").getStatus().principal()).isEqualTo(shop.roleA);
    }

    @Test
    void manyChangesAtOnceAreOneAdoption() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var policy = shop.alternating("orders");

        for (int i = 0; i < 40; i++) {
            watcherSays(policy, "{\"type\": \"Scheduled\", \"status\": \"True\", \"message\": \"" + i + "\"}");
        }

        awaitCondition("Adopted", "True", "CredentialProven");
        assertThat(Topics.about(policy.ref()))
                .filteredOn(RotationStarted.class::isInstance)
                .hasSize(1);
    }

    @Test
    void credentialThatIsOnlyPublishedIsImported() {
        var published = shop.secret(
                Map.of("URL", "postgresql://" + shop.roleA + ":" + shop.firstPassword + "@elsewhere:5432/orders"));

        shop.alternating("orders");

        awaitCondition("Adopted", "True", "CredentialProven");
        assertThat(shop.live().get("username").asText()).isEqualTo(shop.roleA);
        assertThat(shop.live().get("password").asText()).isEqualTo(shop.firstPassword);
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
    }

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

        var canary = new SecretCanary(Map.of("new", password, "old", shop.firstPassword, "admin", shop.adminPassword))
                .searchKafka(Testbed.shared().kafka())
                .searchTables(Testbed.shared().postgres())
                .searchFiles(RotationBed.SERVICE_LOG)
                .searchKubernetes(Testbed.shared().kubernetes().admin(), List.of(shop.namespace + "/orders-db"));
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
    }

    @Test
    void specThatCannotBeCarriedOutIsToldAndNothingIsTouched() {
        var published = shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var roles = roles();

        shop.create("orders", shop.alternatingTarget(), "other-namespace/db");

        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message())
                .contains("spec.store.vault.path: its first part must be the SecretRotation's own namespace: "
                        + shop.namespace + "/…");
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
        assertThat(roles()).isEqualTo(roles);
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
        var pod = admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(shop.namespace)
                        .withName("orders-api")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node-1")
                        .addNewContainer()
                        .withName("api")
                        .withImage("orders")
                        .addNewEnvFrom()
                        .withNewSecretRef("orders-db", false)
                        .endEnvFrom()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
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
        admin.resource(pod).withGracePeriod(0).delete();
        awaitOutcome("Succeeded", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isFalse();
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

        shop.vault("db", shop.roleA, shop.firstPassword);

        awaitOutcome("Failed", run);
        assertThat(shop.accepts(shop.roleA, shop.firstPassword)).isTrue();
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
        suspend(false);
        awaitOutcome("Succeeded", run);
    }

    @Test
    void specThatIsSpoiltAfterAdoptionIsToldAtOnceAndMendingItHeals() {
        adopted(true);

        patch("{\"spec\": {\"store\": {\"vault\": {\"path\": \"other-namespace/db\"}}}}");

        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message()).startsWith("spec.store.vault.path: ");
        assertThat(ready.observedGeneration()).isEqualTo(2);
        patch("{\"spec\": {\"store\": {\"vault\": {\"path\": \"" + shop.namespace + "/db\"}}}}");
        awaitCondition("Ready", "True", "InForce");
    }

    @Test
    void scheduleThatIsNotUnderstoodIsNotReadyEither() {
        var policy = adopted(true);

        watcherSays(
                policy,
                "{\"type\": \"Scheduled\", \"status\": \"False\", \"reason\": \"InvalidSchedule\","
                        + " \"message\": \"spec.schedule.windows[0].cron: never comes\"}");

        assertThat(awaitCondition("Ready", "False", "INVALID_SPEC").message())
                .isEqualTo("spec.schedule.windows[0].cron: never comes");
        watcherSays(policy, "{\"type\": \"Scheduled\", \"status\": \"True\", \"reason\": \"Waiting\"}");
        awaitCondition("Ready", "True", "InForce");
    }

    @Test
    void ofTwoForOneCredentialOnlyTheOlderActs() {
        var older = adopted(true);
        var created = Instant.parse(older.getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(1)));

        var newer = shop.alternating("second");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(condition("second", "Ready"))
                        .isNotNull()
                        .satisfies(c -> {
                            assertThat(requireNonNull(c).reason()).isEqualTo("CREDENTIAL_TAKEN");
                            assertThat(c.message()).contains("spec.store.vault.path", "SecretRotation orders");
                        }));
        var run = newRun();
        state(newer, run, newRun(), null);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Topics.of(run))
                        .extracting(Scenario::name)
                        .containsExactly("RotationStarted", "RotationFailed"));
        assertThat(Topics.of(run).getLast().event())
                .isInstanceOfSatisfying(
                        RotationFailed.class, e -> assertThat(e.reason()).isEqualTo(RotationReason.CREDENTIAL_TAKEN));
        assertThat(shop.liveVersion()).isOne();
        var good = newRun();
        state(older, good, last(older), null);
        awaitOutcome("Succeeded", good);
    }

    @Test
    void checkOfAForbiddenAddressEndsTheRunBeforeAnythingIsTouched() {
        var policy = adopted(true, "verify: [{http: {url: \"http://link-local.shop.svc/health\"}}]");
        var run = newRun();

        state(policy, run, last(policy), null);
        awaitOutcome("Failed", run);

        assertThat(Topics.of(run)).extracting(Scenario::name).containsExactly("RotationStarted", "RotationFailed");
        assertThat(shop.liveVersion()).isOne();
        var ready = awaitCondition("Ready", "False", "VERIFY_FAILED");
        assertThat(ready.message()).contains("spec.verify: ");
    }

    private void suspend(boolean suspend) {
        patch("{\"spec\": {\"suspend\": " + suspend + "}}");
    }

    private void patch(String merge) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resources(SecretRotation.class)
                .inNamespace(shop.namespace)
                .withName("orders")
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    private void watcherSays(SecretRotation policy, String condition) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(policy)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager("keyturn-watcher")
                                .build(),
                        """
                        {"apiVersion": "keyturn.io/v1alpha1", "kind": "SecretRotation", "metadata": {"name": "orders"},
                         "status": {"nextRotation": "2030-01-01T00:00:00Z", "conditions": [%s]}}
                        """.formatted(condition));
    }

    @Test
    void fieldsOfTheWatcherInStatusStay() {
        var policy = adopted(true);
        watcherSays(policy, "{\"type\": \"Scheduled\", \"status\": \"True\"}");
        var run = newRun();
        state(policy, run, last(policy), null);
        awaitOutcome("Succeeded", run);

        assertThat(shop.find("orders").getStatus().nextRotation()).isEqualTo("2030-01-01T00:00:00Z");
        assertThat(requireNonNull(shop.find("orders").getStatus().conditions()))
                .extracting(Condition::type)
                .containsExactlyInAnyOrder("Adopted", "Ready", "Scheduled");
    }

    /** Row versions of the roles: what changed, if only back and forth. */
    private Map<String, String> roles() {
        var roles = new HashMap<String, String>();
        try (var connection = Testbed.shared().postgres().connect("postgres");
                var rows = connection.createStatement().executeQuery("select rolname, xmin from pg_authid")) {
            while (rows.next()) {
                if (rows.getString(1).startsWith(shop.namespace + "-")) {
                    roles.put(rows.getString(1), rows.getString(2));
                }
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException("SQLSTATE " + e.getSQLState(), e);
        }
        return roles;
    }

    private static String trace(EventEnvelope envelope) {
        return requireNonNull(envelope.traceparent()).split("-")[1];
    }
}
