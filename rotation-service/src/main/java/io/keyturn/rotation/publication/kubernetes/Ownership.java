package io.keyturn.rotation.publication.kubernetes;

import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.Secret;
import org.jspecify.annotations.Nullable;

/** Whether a Secret belongs to a controller that would undo or fight a write of ours. */
final class Ownership {
    private static final Set<String> FOREIGN_LABELS = Set.of(
            "reconcile.external-secrets.io/managed",
            "cnpg.io/cluster",
            "kustomize.toolkit.fluxcd.io/name",
            "helm.toolkit.fluxcd.io/name",
            "argocd.argoproj.io/instance");
    private static final Set<String> FOREIGN_ANNOTATIONS = Set.of(
            "argocd.argoproj.io/tracking-id",
            "meta.helm.sh/release-name",
            "reflector.v1.k8s.emberstack.com/reflects",
            "cert-manager.io/certificate-name");

    private Ownership() {}

    static boolean isForeign(Secret secret) {
        var meta = secret.getMetadata();
        boolean controlled = meta.getOwnerReferences().stream().anyMatch(o -> Boolean.TRUE.equals(o.getController()));
        return controlled
                || has(meta.getLabels(), FOREIGN_LABELS)
                || has(meta.getAnnotations(), FOREIGN_ANNOTATIONS)
                || "Helm".equals(label(meta.getLabels(), "app.kubernetes.io/managed-by"));
    }

    private static boolean has(@Nullable Map<String, String> map, Set<String> names) {
        return map != null && names.stream().anyMatch(map::containsKey);
    }

    private static String label(@Nullable Map<String, String> labels, String name) {
        return labels == null ? "" : labels.getOrDefault(name, "");
    }
}
