package io.keyturn.restart.workload;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.restart.plan.RotationPolicy;
import org.jspecify.annotations.Nullable;

/** A SecretRotation as the pure core sees it; what is missing or malformed there is left out here. */
final class PolicyReader {
    private PolicyReader() {}

    static RotationPolicy read(SecretRotation rotation) {
        var namespace = rotation.getMetadata().getNamespace();
        @Nullable SecretRotationSpec spec = rotation.getSpec();
        var consumers = spec == null ? null : spec.consumers();
        return new RotationPolicy(
                rotation.ref(),
                spec == null ? Set.of() : publications(namespace, orEmpty(spec.publish())),
                consumers == null ? List.of() : waves(consumers.waves()),
                consumers == null ? null : consumers.maxParallel(),
                consumers == null ? null : duration(consumers.deadline()),
                spec == null ? null : target(namespace, spec.target()));
    }

    private static Set<ObjectRef> publications(String namespace, List<Publication> publish) {
        var objects = new HashSet<ObjectRef>();
        for (var publication : publish) {
            var secret = publication.secret();
            // Another namespace's Secret may not be named; rotation-service refuses such a policy.
            if (secret != null
                    && secret.name() != null
                    && Objects.requireNonNullElse(secret.namespace(), namespace).equals(namespace)) {
                try {
                    objects.add(ObjectRef.secret(namespace, secret.name()));
                } catch (IllegalArgumentException e) {
                    // No Secret can bear this name.
                }
            }
        }
        return objects;
    }

    private static List<Set<String>> waves(@Nullable List<List<String>> waves) {
        return orEmpty(waves).stream().map(Set::copyOf).toList();
    }

    private static @Nullable Duration duration(@Nullable Interval interval) {
        return interval == null ? null : interval.duration();
    }

    private static @Nullable TargetService target(String namespace, SecretRotationSpec.@Nullable Target target) {
        var host = target == null ? null : target.host();
        return host == null ? null : TargetService.of(host, namespace).orElse(null);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
