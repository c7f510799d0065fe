package io.keyturn.rotation.bed;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.Testbed;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A shop of its own for each test, and how to ask the service for a run and wait for its end. */
public abstract class Scenario {
    protected static final Duration PATIENCE = Duration.ofSeconds(60);

    protected final Shop shop = new Shop();

    /** A SecretRotation whose live value lies in Vault and is published, adopted. */
    protected SecretRotation adopted(boolean alternating, String... more) {
        var policy = created(shop, alternating, more);
        awaitCondition("Adopted", "True", "CredentialProven");
        return policy;
    }

    /** The same, not adopted yet. */
    protected static SecretRotation created(Shop shop, boolean alternating, String... more) {
        shop.vault("db", shop.roleA, shop.firstPassword);
        shop.secret(Map.of("user", shop.roleA, "password", shop.firstPassword));
        return alternating ? shop.alternating("orders", more) : shop.single("orders", more);
    }

    /** Waits until the SecretRotation of {@link #created} is adopted. */
    protected static void awaitAdopted(Shop shop) {
        await().atMost(PATIENCE).until(() -> {
            var status = shop.find("orders").getStatus();
            return status != null
                    && status.condition("Adopted")
                            .filter(c -> "True".equals(c.status()))
                            .isPresent();
        });
    }

    protected static RotationId newRun() {
        return new RotationId("r" + UUID.randomUUID().toString().replace("-", ""));
    }

    protected RotationId last(SecretRotation policy) {
        var status = shop.find(policy.getMetadata().getName()).getStatus();
        return new RotationId(
                requireNonNull(requireNonNull(status.lastRotation()).id()));
    }

    protected static void state(
            SecretRotation policy, RotationId id, RotationId basedOn, @Nullable String traceparent) {
        state(policy.ref(), policy, id, RequestReason.MANUAL, basedOn, traceparent);
    }

    /** Asks for a run because the value may be known to somebody, by that name. */
    protected static void stateCompromise(ObjectRef name, SecretRotation policy, RotationId id) {
        state(name, policy, id, RequestReason.COMPROMISE, null, null);
    }

    private static void state(
            ObjectRef name,
            SecretRotation policy,
            RotationId id,
            RequestReason reason,
            @Nullable RotationId basedOn,
            @Nullable String traceparent) {
        var uid = new Uid(policy.getMetadata().getUid());
        var request = new RotationRequested(name, uid, id, reason, basedOn, null, null, Instant.now());
        Topics.state(Service.WATCHER, request, traceparent);
    }

    protected void awaitPhase(String phase) {
        await().atMost(PATIENCE)
                .until(() -> phase.equals(
                        requireNonNull(shop.find("orders").getStatus()).phase()));
    }

    protected void awaitOutcome(String outcome, RotationId run) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var last = requireNonNull(shop.find("orders").getStatus().lastRotation());
            assertThat(last.id() + " " + last.outcome()).isEqualTo(run + " " + outcome);
        });
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(name(Topics.of(run).getLast())).isEqualTo("Rotation" + outcome));
    }

    protected Condition awaitCondition(String type, String status, String reason) {
        return awaitCondition(PATIENCE, type, status, reason);
    }

    protected Condition awaitCondition(Duration limit, String type, String status, String reason) {
        await().atMost(limit)
                .untilAsserted(() -> assertThat(condition(type))
                        .isNotNull()
                        .satisfies(c -> assertThat(requireNonNull(c).status() + " " + c.reason())
                                .isEqualTo(status + " " + reason)));
        return requireNonNull(condition(type));
    }

    protected @Nullable Condition condition(String type) {
        return condition("orders", type);
    }

    protected @Nullable Condition condition(String name, String type) {
        var status = shop.find(name).getStatus();
        return status == null ? null : status.condition(type).orElse(null);
    }

    protected static String name(EventEnvelope envelope) {
        return envelope.event().getClass().getSimpleName();
    }

    /** A merge patch of the SecretRotation. */
    protected void patch(String merge) {
        Testbed.shared()
                .kubernetes()
                .admin()
                .resources(SecretRotation.class)
                .inNamespace(shop.namespace)
                .withName("orders")
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }
}
