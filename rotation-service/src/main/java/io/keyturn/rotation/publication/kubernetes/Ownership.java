package io.keyturn.rotation.publication.kubernetes;

import java.util.Collection;
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
    /** Somebody lets Sealed Secrets write into a Secret that it does not own; it takes no other value for yes. */
    private static final Set<String> OPEN_TO_SEALED_SECRETS =
            Set.of("sealedsecrets.bitnami.com/patch", "sealedsecrets.bitnami.com/managed");
    /**
     * By whom controllers are known that leave no other mark, or one that people set too, such as Argo CD's label
     * {@code app.kubernetes.io/instance}. Who names no manager goes by the name of his program, as Argo CD does where it replaces; that of
     * Sealed Secrets, {@code controller}, is that of many, and it leaves other marks.
     */
    private static final Set<String> FOREIGN_MANAGERS = Set.of(
            "argocd-controller",
            "argocd-application-controller",
            "kustomize-controller",
            "helm-controller",
            "helm",
            "external-secrets");

    /** The name of the ExternalSecret follows. */
    private static final String EXTERNAL_SECRET = "externalsecrets.external-secrets.io/";

    private Ownership() {}

    /** @param keys those that we would write: who writes only others does not fight us */
    static boolean isForeign(Secret secret, Collection<String> keys) {
        var meta = secret.getMetadata();
        boolean controlled = meta.getOwnerReferences().stream().anyMatch(o -> Boolean.TRUE.equals(o.getController()));
        return controlled
                || has(meta.getLabels(), FOREIGN_LABELS)
                || has(meta.getAnnotations(), FOREIGN_ANNOTATIONS)
                || OPEN_TO_SEALED_SECRETS.stream().anyMatch(name -> "true".equals(value(meta.getAnnotations(), name)))
                || "Helm".equals(value(meta.getLabels(), "app.kubernetes.io/managed-by"))
                || ManagedFields.isOfAny(secret, Ownership::isForeign, keys);
    }

    private static boolean isForeign(String manager) {
        return FOREIGN_MANAGERS.contains(manager) || manager.startsWith(EXTERNAL_SECRET);
    }

    private static boolean has(@Nullable Map<String, String> map, Set<String> names) {
        return map != null && names.stream().anyMatch(map::containsKey);
    }

    private static String value(@Nullable Map<String, String> map, String name) {
        return map == null ? "" : map.getOrDefault(name, "");
    }
}
