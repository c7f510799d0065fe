package io.keyturn.rotation.bed;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.contract.resource.TargetService;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.policy.RotationPolicy;

/** Policies for tests that begin below the SecretRotation. */
public final class Policies {
    private Policies() {}

    /** A policy whose live value lies at this path and that publishes Secret orders-db with these templates. */
    public static RotationPolicy policy(String namespace, String path, Map<String, String> templates) {
        return policy(
                namespace,
                new SecretRotationSpec.Store(new SecretRotationSpec.VaultPath(path)),
                List.of(secret(templates)),
                List.of(ObjectRef.secret(namespace, "orders-db")));
    }

    /** A policy of doubles. */
    public static RotationPolicy policy(String namespace, List<Publication> publish, List<ObjectRef> secrets) {
        return policy(namespace, new SecretRotationSpec.Store(null), publish, secrets);
    }

    private static RotationPolicy policy(
            String namespace, SecretRotationSpec.Store store, List<Publication> publish, List<ObjectRef> secrets) {
        return new RotationPolicy(
                namespace,
                "orders",
                "uid",
                new SecretRotationSpec.Target(null),
                new TargetService(namespace, "db"),
                store,
                publish,
                secrets,
                Characters.USUAL,
                null,
                Duration.ofMinutes(10),
                Duration.ZERO,
                false,
                false,
                false,
                false,
                false,
                RotationPolicy.DriftPlan.USUAL,
                List.of());
    }

    /** Secret orders-db with these templates. */
    public static Publication secret(Map<String, String> templates) {
        return new Publication(new SecretPublication("orders-db", null, templates));
    }
}
