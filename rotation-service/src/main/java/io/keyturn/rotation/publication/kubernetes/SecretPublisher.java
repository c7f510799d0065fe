package io.keyturn.rotation.publication.kubernetes;

import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
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
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

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
    public boolean handles(Publication spec) {
        return spec.secret() != null;
    }

    @Override
    public List<Claim> claims(String field, String namespace, Publication spec) {
        return SecretPlan.claims(field + ".secret", namespace, requireNonNull(spec.secret()));
    }

    @Override
    public PublicationFacts read(String field, String namespace, Publication spec, TargetFacts target) {
        return SecretPlan.read(field + ".secret", namespace, requireNonNull(spec.secret()), target);
    }

    @Override
    public Outcome<Boolean> inspect(RotationPolicy policy, Publication spec) {
        return attempt(() -> {
            var secret = read(
                    policy.namespace(),
                    requireNonNull(requireNonNull(spec.secret()).name()));
            if (secret != null && Ownership.isForeign(secret)) {
                return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
            }
            return secret != null && Boolean.TRUE.equals(secret.getImmutable())
                    ? Outcome.rejected(RotationReason.PUBLICATION_REFUSED)
                    : Outcome.done();
        });
    }

    @Override
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Publication spec, Map<String, String> attributes, String principal) {
        var plan = plan(policy, spec, attributes);
        return attempt(() -> {
            var data = data(read(plan));
            for (var key : plan.keys().entrySet()) {
                var text = data.get(key.getKey());
                if (text != null) {
                    try (var value = SecretValue.takeOver(Base64.getDecoder().decode(text))) {
                        var found = key.getValue().readBack(value, principal);
                        if (found.isPresent()) {
                            return Outcome.done(found);
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
            Publication spec,
            Credential credential,
            Map<String, String> attributes,
            PublicationId id,
            @Nullable String traceparent) {
        var plan = plan(policy, spec, attributes);
        return attempt(() -> {
            var secret = read(plan);
            if (secret != null && Ownership.isForeign(secret)) {
                return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
            }
            if (secret != null && isStamped(secret, id)) {
                return Outcome.done(written(secret, plan, Writer.EARLIER_CALL));
            }
            var content = content(plan, credential, attributes);
            var now = secret == null ? create(plan, content, id, traceparent) : patch(secret, content, id, traceparent);
            return Outcome.done(written(now, plan, Writer.THIS_CALL));
        });
    }

    private static Written written(Secret secret, SecretPlan plan, Writer by) {
        return new Written(writtenAt(secret), List.of(plan.secret()), by);
    }

    @Override
    public Outcome<Boolean> holds(
            RotationPolicy policy, Publication spec, Credential credential, Map<String, String> attributes) {
        var plan = plan(policy, spec, attributes);
        return attempt(() -> data(read(plan))
                        .entrySet()
                        .containsAll(content(plan, credential, attributes).entrySet())
                ? Outcome.done()
                : Outcome.waiting(RotationReason.PUBLICATION_CHANGED));
    }

    private static SecretPlan plan(RotationPolicy policy, Publication spec, Map<String, String> attributes) {
        return SecretPlan.of(policy.namespace(), requireNonNull(spec.secret()), attributes.keySet());
    }

    private @Nullable Secret read(SecretPlan plan) {
        return read(plan.secret().namespace(), plan.secret().name());
    }

    private @Nullable Secret read(String namespace, String name) {
        return kubernetes.secrets().inNamespace(namespace).withName(name).get();
    }

    private Secret create(
            SecretPlan plan, Map<String, String> content, PublicationId id, @Nullable String traceparent) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(plan.secret().namespace())
                .withName(plan.secret().name())
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

    private static Map<String, String> data(@Nullable Secret secret) {
        return secret == null || secret.getData() == null ? Map.of() : secret.getData();
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
