package io.keyturn.rotation.resource;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.rotation.RotationLog;

/** Namespaces as they are now. */
@ApplicationScoped
public class Namespaces {
    private final KubernetesClient kubernetes;

    Namespaces(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** Whether it is being deleted, or is gone: nothing is made in it any more. Blocking; false as long as nobody knows. */
    public boolean isEnding(String name) {
        try {
            var found = kubernetes.namespaces().withName(name).get();
            return found == null || found.isMarkedForDeletion();
        } catch (KubernetesClientException e) {
            RotationLog.LOG.heldUp("namespace", e.getClass().getSimpleName());
            return false;
        }
    }
}
