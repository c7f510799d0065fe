package io.keyturn.rotation.resource;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotation;

/** SecretRotation objects as they are now. */
@ApplicationScoped
public class SecretRotations {
    /** Who writes their fields, to the API server. */
    static final String MANAGER = "keyturn-rotation";

    private final KubernetesClient kubernetes;

    SecretRotations(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** Empty if it is gone, or made anew under the same name. Blocking. */
    public Optional<SecretRotation> find(ObjectRef ref, String uid) {
        var found = kubernetes
                .resources(SecretRotation.class)
                .inNamespace(ref.namespace())
                .withName(ref.name())
                .get();
        return Optional.ofNullable(found).filter(r -> uid.equals(r.getMetadata().getUid()));
    }
}
