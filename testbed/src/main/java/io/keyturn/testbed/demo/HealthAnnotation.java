package io.keyturn.testbed.demo;

import java.util.Optional;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** What the visitor says about a Deployment's health check, in an annotation of it. */
record HealthAnnotation(KubernetesClient kubernetes, String namespace, String deployment) {
    static final String NAME = "demo.keyturn.io/health";

    /** Whether it is to be broken; empty if nobody can say: the Deployment is gone, or the API server does not answer. */
    Optional<Boolean> broken() {
        try {
            return Optional.ofNullable(kubernetes
                            .apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName(deployment)
                            .get())
                    .map(found -> found.getMetadata().getAnnotations())
                    .map(annotations -> "broken".equals(annotations.get(NAME)));
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }
}
