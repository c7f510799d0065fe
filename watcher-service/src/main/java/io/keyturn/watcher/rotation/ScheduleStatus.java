package io.keyturn.watcher.rotation;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.watcher.due.Due;

/** Writes the two status fields that are the watcher's, {@code nextRotation} and condition {@code Scheduled}, when they changed. */
@ApplicationScoped
class ScheduleStatus {
    static final String CONDITION = "Scheduled";
    static final String API_VERSION = SecretRotation.GROUP + "/" + SecretRotation.VERSION;
    static final String KIND = "SecretRotation";

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("keyturn-watcher")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Clock clock;

    ScheduleStatus(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Applies what a decision means to the object's status; does nothing when the object says so already. */
    void write(GenericKubernetesResource object, Due due) {
        var next = due.next() == null ? null : due.next().truncatedTo(ChronoUnit.SECONDS);
        var status = due.scheduled() ? "True" : "False";
        var generation = object.getMetadata().getGeneration();
        var present = PolicyReader.condition(object, CONDITION);
        var since = present != null && present.status().equals(status) && present.lastTransitionTime() != null
                ? present.lastTransitionTime()
                : clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var wanted = new Condition(CONDITION, status, due.reason().name(), due.message(), since, generation);
        if (wanted.equals(present) && Objects.equals(next, PolicyReader.nextRotation(object))) {
            return;
        }
        apply(object, wanted, next);
    }

    private void apply(
            GenericKubernetesResource object, Condition condition, @org.jspecify.annotations.Nullable Instant next) {
        var metadata = object.getMetadata();
        // The uid makes the request fail for an object that was deleted and made again meanwhile.
        var body = Map.of(
                "apiVersion",
                API_VERSION,
                "kind",
                KIND,
                "metadata",
                Map.of("name", metadata.getName(), "namespace", metadata.getNamespace(), "uid", metadata.getUid()),
                "status",
                new SecretRotationStatus(null, List.of(condition), null, null, null, next, null, null, null));
        try {
            client.genericKubernetesResources(API_VERSION, KIND)
                    .inNamespace(metadata.getNamespace())
                    .withName(metadata.getName())
                    .subresource("status")
                    .patch(APPLY, EventJson.mapper().writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A status must be JSON");
        }
    }
}
