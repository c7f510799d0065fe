package io.keyturn.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationStarted;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** SecretRotations as they are first seen and edited, black box: what is adopted, and what their conditions say. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class AdoptionIT extends Scenario {
    /** Well below the half minute after which everything is looked at again anyway. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    @Test
    void adoptionProvesTheCredentialAndChangesNothing() {
        shop.vault("db", shop.roleA, shop.firstPassword);
        var published = shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var roles = shop.roles();

        shop.alternating("orders");

        awaitCondition("Adopted", "True", "CredentialProven");
        awaitCondition("Ready", "True", "InForce");
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
        assertThat(shop.liveVersion()).isOne();
        assertThat(shop.roles()).isEqualTo(roles);
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

    @Test
    void specThatCannotBeCarriedOutIsToldAndNothingIsTouched() {
        var published = shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var roles = shop.roles();

        shop.create("orders", shop.alternatingTarget(), "other-namespace/db");

        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message())
                .contains("spec.store.vault.path: its first part must be the SecretRotation's own namespace: "
                        + shop.namespace + "/…");
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
        assertThat(shop.roles()).isEqualTo(roles);
    }

    @Test
    void specThatIsSpoiltAfterAdoptionIsToldAtOnceAndMendingItHeals() {
        adopted(true);

        patch("{\"spec\": {\"store\": {\"vault\": {\"path\": \"other-namespace/db\"}}}}");

        var ready = awaitCondition(AT_ONCE, "Ready", "False", "INVALID_SPEC");
        assertThat(ready.message()).startsWith("spec.store.vault.path: ");
        assertThat(ready.observedGeneration()).isEqualTo(2);
        patch("{\"spec\": {\"store\": {\"vault\": {\"path\": \"" + shop.namespace + "/db\"}}}}");
        awaitCondition("Ready", "True", "InForce");
    }

    @Test
    void checkOfANameThatStandsForAForbiddenAddressIsToldAndNothingIsTouched() {
        var published = shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        var roles = shop.roles();

        shop.alternating("orders", "verify: [{http: {url: \"http://link-local.shop.svc/health\"}}]");

        var ready = awaitCondition("Ready", "False", "INVALID_SPEC");
        assertThat(ready.message())
                .isEqualTo("spec.verify[0].http.url: link-local.shop.svc resolves to an address that must not be called"
                        + " (link-local, loopback, …); name a service of yours");
        awaitCondition("Adopted", "False", "INVALID_SPEC");
        assertThat(shop.secret().getMetadata().getResourceVersion())
                .isEqualTo(published.getMetadata().getResourceVersion());
        assertThat(shop.roles()).isEqualTo(roles);
    }

    @Test
    void checkOfAForbiddenNameThatIsAddedLaterIsToldAtOnceAndMendingItHeals() {
        adopted(true);

        patch("{\"spec\": {\"verify\": [{\"http\": {\"url\": \"http://link-local.shop.svc/\"}}]}}");

        assertThat(awaitCondition(AT_ONCE, "Ready", "False", "INVALID_SPEC").message())
                .startsWith("spec.verify[0].http.url: link-local.shop.svc ");
        patch("{\"spec\": {\"verify\": [{\"http\": {\"url\": \"http://checks.shop.svc/\"}}]}}");
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
}
