package io.keyturn.rotation.publication.kubernetes;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/**
 * What the service may do with Secrets, by the API server's own word; nothing is written. Everybody may ask, by Kubernetes' own ClusterRole
 * {@code system:basic-user}; where an installer has taken that away nothing is known, and all counts as allowed.
 */
record Rights(KubernetesClient kubernetes) {
    boolean allowPatch(String namespace, String name) {
        return allow("patch", namespace, name);
    }

    /** A request that creates is not told apart by name. */
    boolean allowCreate(String namespace) {
        return allow("create", namespace, null);
    }

    private boolean allow(String verb, String namespace, @Nullable String name) {
        var question = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withResource("secrets")
                .withName(name)
                .withVerb(verb)
                .endResourceAttributes()
                .endSpec()
                .build();
        try {
            var answer = kubernetes
                    .authorization()
                    .v1()
                    .selfSubjectAccessReview()
                    .create(question)
                    .getStatus();
            return Boolean.TRUE.equals(answer.getAllowed());
        } catch (KubernetesClientException e) {
            if (e.getCode() == 403) {
                return true;
            }
            throw e;
        }
    }
}
