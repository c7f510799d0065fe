package io.keyturn.rotation.publication.kubernetes;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Fence;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

/**
 * Writes Kubernetes Secrets: a JSON merge patch of exactly our keys and our annotation, with the resourceVersion that was read as
 * a precondition, so that other keys stay byte-identical and a concurrent edit is met again instead of overwritten. What a stranger has put into our keys
 * during a run stays; what the API server knows to be written by us last is no stranger's, whichever run it was.
 */
@ApplicationScoped
class SecretPublisher implements Publisher {
    private static final String MANAGER = "keyturn-rotation";
    /** One of its own, so that it does not count as a write of the content. */
    private static final String FENCE_MANAGER = MANAGER + "-fence";

    private final KubernetesClient kubernetes;
    private final ApiCalls calls;
    private final Rights rights;

    SecretPublisher(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
        this.calls = new ApiCalls(kubernetes);
        this.rights = new Rights(kubernetes);
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
        return calls.attempt(() -> {
            var secret = read(policy, spec);
            if (secret != null && isForeign(secret, spec)) {
                return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
            }
            return secret != null && Boolean.TRUE.equals(secret.getImmutable())
                    ? Outcome.rejected(RotationReason.PUBLICATION_REFUSED)
                    : Outcome.done();
        });
    }

    /** One that is made is patched by the next run. */
    @Override
    public Outcome<Boolean> permits(RotationPolicy policy, Publication spec) {
        var namespace = policy.namespace();
        var name = requireNonNull(requireNonNull(spec.secret()).name());
        return calls.attempt(() ->
                rights.allowPatch(namespace, name) && (read(namespace, name) != null || rights.allowCreate(namespace))
                        ? Outcome.done()
                        : Outcome.rejected(RotationReason.PUBLICATION_REFUSED));
    }

    @Override
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Publication spec, Map<String, String> attributes, String principal) {
        var plan = plan(policy, spec, attributes);
        return calls.attempt(() -> {
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
            Stamp stamp,
            Replaceable replaceable) {
        var plan = plan(policy, spec, attributes);
        return calls.attempt(() -> {
            var secret = read(plan);
            if (secret != null && isForeign(secret, spec)) {
                return Outcome.rejected(RotationReason.PUBLICATION_OWNED);
            }
            // A run that begins anew, since the database of the runs has lost it, meets its own stamp over another
            // value.
            if (secret != null
                    && stamp.id().value().equals(annotation(secret, Annotations.PUBLICATION))
                    && !holdsAnother(secret, plan, credential, attributes, replaceable)) {
                return Outcome.done(written(secret, plan, Writer.EARLIER_CALL));
            }
            if (secret != null && Fence.isPassed(stamp.fence(), fence(secret))) {
                return Outcome.unavailable(RotationReason.CONFLICT);
            }
            if (secret != null && isStrange(secret, plan, attributes, stamp, replaceable)) {
                return Outcome.done(new Written(
                        ManagedFields.afterLastWrite(secret, plan.keys().keySet()),
                        List.of(plan.secret()),
                        Writer.STRANGER));
            }
            var content = content(plan, credential, attributes);
            var by = isThere(secret, content) ? Writer.THIS_STAMP : Writer.THIS_CALL;
            var now =
                    secret == null ? create(plan, content, stamp) : patch(secret, annotations(stamp), content, MANAGER);
            return Outcome.done(written(now, plan, by));
        });
    }

    @Override
    public Outcome<Boolean> fence(RotationPolicy policy, Publication spec, long fence) {
        return calls.attempt(() -> {
            var secret = read(policy, spec);
            if (secret == null || isForeign(secret, spec)) {
                return Outcome.done();
            }
            if (Fence.isPassed(fence, fence(secret))) {
                return Outcome.unavailable(RotationReason.CONFLICT);
            }
            if (fence(secret) != fence) {
                patch(secret, Map.of(Annotations.FENCE, String.valueOf(fence)), Map.of(), FENCE_MANAGER);
            }
            return Outcome.done();
        });
    }

    private static boolean isForeign(Secret secret, Publication spec) {
        return Ownership.isForeign(secret, SecretPlan.keys(requireNonNull(spec.secret())));
    }

    private static Written written(Secret secret, SecretPlan plan, Writer by) {
        return new Written(ManagedFields.lastWrite(secret, MANAGER), List.of(plan.secret()), by);
    }

    @Override
    public Outcome<Boolean> holds(
            RotationPolicy policy, Publication spec, Credential credential, Map<String, String> attributes) {
        var plan = plan(policy, spec, attributes);
        return calls.attempt(() -> isThere(read(plan), content(plan, credential, attributes))
                ? Outcome.done()
                : Outcome.waiting(RotationReason.PUBLICATION_CHANGED));
    }

    private static boolean isThere(@Nullable Secret secret, Map<String, String> content) {
        return data(secret).entrySet().containsAll(content.entrySet());
    }

    private static boolean holdsAnother(
            Secret secret,
            SecretPlan plan,
            Credential credential,
            Map<String, String> attributes,
            Replaceable replaceable) {
        return !isThere(secret, content(plan, credential, attributes))
                && holdsOurs(secret, plan, attributes, replaceable);
    }

    /** One of the values, or what we wrote last: of that, a key that is the same for each value may be of whoever made the Secret. */
    private static boolean holdsOurs(
            Secret secret, SecretPlan plan, Map<String, String> attributes, Replaceable replaceable) {
        var data = data(secret);
        var contents = replaceable.values().stream()
                .map(value -> content(plan, value, attributes))
                .toList();
        return contents.stream().anyMatch(content -> isThere(secret, content))
                || plan.keys().keySet().stream()
                        .allMatch(key -> ManagedFields.isOf(secret, MANAGER, key)
                                || contents.stream()
                                        .allMatch(content -> Objects.equals(content.get(key), data.get(key))));
    }

    private static boolean isStrange(
            Secret secret, SecretPlan plan, Map<String, String> attributes, Stamp stamp, Replaceable replaceable) {
        var stamped = requireNonNullElse(annotation(secret, Annotations.PUBLICATION), "");
        boolean known = replaceable.intact() || stamped.startsWith(stamp.id().run() + ".");
        return known && !holdsOurs(secret, plan, attributes, replaceable);
    }

    private static SecretPlan plan(RotationPolicy policy, Publication spec, Map<String, String> attributes) {
        return SecretPlan.of(policy.namespace(), requireNonNull(spec.secret()), attributes.keySet());
    }

    private @Nullable Secret read(RotationPolicy policy, Publication spec) {
        return read(
                policy.namespace(), requireNonNull(requireNonNull(spec.secret()).name()));
    }

    private @Nullable Secret read(SecretPlan plan) {
        return read(plan.secret().namespace(), plan.secret().name());
    }

    private @Nullable Secret read(String namespace, String name) {
        return kubernetes.secrets().inNamespace(namespace).withName(name).get();
    }

    private Secret create(SecretPlan plan, Map<String, String> content, Stamp stamp) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(plan.secret().namespace())
                .withName(plan.secret().name())
                .withAnnotations(annotations(stamp))
                .endMetadata()
                .withData(content)
                .build();
        // The client's own call names no manager, and then the API server takes the name of the client for it.
        var json = kubernetes.getKubernetesSerialization();
        var created = kubernetes.raw(
                "/api/v1/namespaces/%s/secrets?fieldManager=%s"
                        .formatted(plan.secret().namespace(), MANAGER),
                "POST",
                json.asJson(secret));
        return json.unmarshal(created, Secret.class);
    }

    private Secret patch(Secret read, Map<String, String> annotations, Map<String, String> content, String manager) {
        var patch = new SecretBuilder()
                .withNewMetadata()
                .withResourceVersion(read.getMetadata().getResourceVersion())
                .withAnnotations(annotations)
                .endMetadata()
                .withData(content)
                .build();
        return kubernetes
                .resource(read)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(manager)
                                .build(),
                        kubernetes.getKubernetesSerialization().asJson(patch));
    }

    private static Map<String, String> annotations(Stamp stamp) {
        var annotations = new HashMap<>(
                Map.of(Annotations.PUBLICATION, stamp.id().value(), Annotations.FENCE, String.valueOf(stamp.fence())));
        if (stamp.traceparent() != null) {
            annotations.put(Annotations.TRACEPARENT, stamp.traceparent());
        }
        return annotations;
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

    private static @Nullable String annotation(Secret secret, String name) {
        var annotations = secret.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(name);
    }

    /** The highest fence that the Secret has seen; 0 for none, or for what somebody else wrote there. */
    private static long fence(Secret secret) {
        try {
            return Long.parseLong(requireNonNullElse(annotation(secret, Annotations.FENCE), "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
