package io.keyturn.testbed.kubernetes;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** The smallest objects that Keyturn has to do with: a Secret, and a Deployment that reads it. */
public final class TestObjects {
    private TestObjects() {}

    /** A Secret with one key. */
    public static Secret secret(String namespace, String name, String key, String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withData(Map.of(key, Base64.getEncoder().encodeToString(bytes)))
                .build();
    }

    /** A Deployment without pods that asks to be rolled when the Secret it reads changes. */
    public static void deployment(KubernetesClient client, String namespace, String name, String secret) {
        var labels = Map.of("app", name);
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .addToAnnotations("keyturn.io/restart", "true")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(0)
                        .withRevisionHistoryLimit(1)
                        .withNewSelector()
                        .withMatchLabels(labels)
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("app")
                        .withImage("keyturn.test/pause")
                        .addNewEnvFrom()
                        .withNewSecretRef(secret, true)
                        .endEnvFrom()
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }
}
