package io.keyturn.rotation.bed;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.RotationPolicy.SecretPlan;
import io.keyturn.rotation.template.Template;

/** Policies for tests that begin below the SecretRotation. */
public final class Policies {
    private Policies() {}

    /** A policy whose live value lies at {@code <namespace>/db} and that publishes Secret orders-db with these templates. */
    public static RotationPolicy policy(String namespace, String path, Map<String, String> templates) {
        var keys = templates.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> Template.parse(e.getValue(), Set.of("host"))));
        return new RotationPolicy(
                namespace,
                "orders",
                "uid",
                new SecretRotationSpec.Target(null),
                new TargetService(namespace, "db"),
                new SecretRotationSpec.Store(new SecretRotationSpec.VaultPath(path)),
                List.of(new SecretPlan("orders-db", keys)),
                Alphabet.alphanumeric,
                32,
                Duration.ofMinutes(10),
                Duration.ZERO,
                false,
                List.of());
    }
}
