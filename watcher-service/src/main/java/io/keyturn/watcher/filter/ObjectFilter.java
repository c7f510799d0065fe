package io.keyturn.watcher.filter;

import java.util.Set;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;

/**
 * Which Secrets and ConfigMaps are not watched: credentials that Kubernetes or Helm manage for themselves, records that
 * controllers rewrite every few seconds, and namespaces the installation leaves out (its own by default).
 */
public record ObjectFilter(Set<String> ignoredNamespaces) {
    /** Types of Secrets that nobody rotates. The API server is asked to leave them out. */
    public static final Set<String> IGNORED_TYPES =
            Set.of("helm.sh/release.v1", "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token");

    private static final String HELM_RELEASE = "sh.helm.release.v1.";
    private static final String AUTHORITY_OF_EVERY_NAMESPACE = "kube-root-ca.crt";
    private static final String LEADER_ELECTION = "control-plane.alpha.kubernetes.io/leader";

    public ObjectFilter {
        ignoredNamespaces = Set.copyOf(ignoredNamespaces);
    }

    /** True for an object nothing is stated about, as far as its metadata tell. */
    public boolean ignores(ObjectRef object, Set<String> annotationNames) {
        return ignoredNamespaces.contains(object.namespace())
                || object.name().startsWith(HELM_RELEASE)
                || annotationNames.contains(LEADER_ELECTION)
                || (object.kind() == ObjectKind.ConfigMap && object.name().equals(AUTHORITY_OF_EVERY_NAMESPACE));
    }

    /** True for a type of Secret nothing is stated about. */
    public static boolean ignoresType(String type) {
        return IGNORED_TYPES.contains(type);
    }
}
