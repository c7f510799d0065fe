package io.keyturn.rotation.publication.kubernetes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.RotationPolicy.SecretPlan;
import io.keyturn.rotation.publication.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * Writes Kubernetes Secrets: a JSON merge patch of exactly our keys and our annotation, with the resourceVersion that was read as
 * a precondition, so that other keys stay byte-identical and a concurrent edit is met again instead of overwritten.
 */
@ApplicationScoped
class SecretPublisher implements Publisher {
    private static final String MANAGER = "keyturn-rotation";

    private final KubernetesClient kubernetes;

    SecretPublisher(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    @Override
    public Outcome<Boolean> inspect(RotationPolicy policy) {
        return attempt(() -> {
            for (var plan : policy.secrets()) {
                var secret = read(policy, plan);
                if (secret != null && Ownership.isForeign(secret)) {
                    return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
                }
                if (secret != null && Boolean.TRUE.equals(secret.getImmutable())) {
                    return Outcome.rejected(RotationReason.PUBLICATION_REFUSED);
                }
            }
            return Outcome.done();
        });
    }

    @Override
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Map<String, String> attributes, String principal) {
        return attempt(() -> {
            for (var plan : policy.secrets()) {
                var secret = read(policy, plan);
                var data = secret == null || secret.getData() == null ? Map.<String, String>of() : secret.getData();
                for (var key : plan.keys().entrySet()) {
                    var text = data.get(key.getKey());
                    if (text != null) {
                        try (var value =
                                SecretValue.takeOver(Base64.getDecoder().decode(text))) {
                            var found = key.getValue().readBack(value, attributes, principal);
                            if (found.isPresent()) {
                                return Outcome.done(found);
                            }
                        }
                    }
                }
            }
            return Outcome.done(Optional.empty());
        });
    }

    @Override
    public Outcome<Written> publish(
            RotationPolicy policy,
            Credential credential,
            Map<String, String> attributes,
            PublicationId id,
            @Nullable String traceparent) {
        return attempt(() -> {
            var written = new ArrayList<ObjectRef>();
            var last = Instant.EPOCH;
            for (var plan : policy.secrets()) {
                var secret = read(policy, plan);
                if (secret != null && Ownership.isForeign(secret)) {
                    return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
                }
                if (secret == null || !isStamped(secret, id)) {
                    var content = content(plan, credential, attributes);
                    secret = secret == null
                            ? create(policy, plan, content, id, traceparent)
                            : patch(secret, content, id, traceparent);
                }
                var at = writtenAt(secret);
                last = at.isAfter(last) ? at : last;
                written.add(ObjectRef.secret(policy.namespace(), plan.name()));
            }
            return Outcome.done(new Written(last, written));
        });
    }

    private @Nullable Secret read(RotationPolicy policy, SecretPlan plan) {
        return kubernetes
                .secrets()
                .inNamespace(policy.namespace())
                .withName(plan.name())
                .get();
    }

    private Secret create(
            RotationPolicy policy,
            SecretPlan plan,
            Map<String, String> content,
            PublicationId id,
            @Nullable String traceparent) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(policy.namespace())
                .withName(plan.name())
                .withAnnotations(stamps(id, traceparent))
                .endMetadata()
                .withData(content)
                .build();
        return kubernetes.resource(secret).create();
    }

    private Secret patch(Secret read, Map<String, String> content, PublicationId id, @Nullable String traceparent) {
        var patch = new SecretBuilder()
                .withNewMetadata()
                .withResourceVersion(read.getMetadata().getResourceVersion())
                .withAnnotations(stamps(id, traceparent))
                .endMetadata()
                .withData(content)
                .build();
        return kubernetes
                .resource(read)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(MANAGER)
                                .build(),
                        kubernetes.getKubernetesSerialization().asJson(patch));
    }

    private static Map<String, String> stamps(PublicationId id, @Nullable String traceparent) {
        var stamps = new HashMap<>(Map.of(Annotations.PUBLICATION, id.value()));
        if (traceparent != null) {
            stamps.put(Annotations.TRACEPARENT, traceparent);
        }
        return stamps;
    }

    private static Map<String, String> content(SecretPlan plan, Credential credential, Map<String, String> attributes) {
        var content = new HashMap<String, String>();
        plan.keys().forEach((key, template) -> {
            try (var value = template.render(credential, attributes)) {
                content.put(key, value.use(Base64.getEncoder()::encodeToString));
            }
        });
        return content;
    }

    private static boolean isStamped(Secret secret, PublicationId id) {
        var annotations = secret.getMetadata().getAnnotations();
        return annotations != null && id.value().equals(annotations.get(Annotations.PUBLICATION));
    }

    /** By the API server's clock: the time of our manager's last write, else of the creation. */
    private static Instant writtenAt(Secret secret) {
        return Instant.parse(secret.getMetadata().getManagedFields().stream()
                .filter(f -> MANAGER.equals(f.getManager()))
                .map(ManagedFieldsEntry::getTime)
                .max(String::compareTo)
                .orElseGet(() -> secret.getMetadata().getCreationTimestamp()));
    }

    static <T> Outcome<T> attempt(Supplier<Outcome<T>> act) {
        try {
            return act.get();
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                // Somebody wrote at the same moment: read again, then write.
                case 409 -> Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
                case 400, 401, 403, 404, 405, 415, 422 -> Outcome.rejected(RotationReason.PUBLICATION_REFUSED);
                default -> Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE);
            };
        }
    }
}
