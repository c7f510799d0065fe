package io.keyturn.testbed.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Deployments of one namespace rolled by hand: what a rotation does for its consumers, and nothing else. */
record RollOuts(KubernetesClient client, String namespace) {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Seconds to roll them with nothing but patches, wave by wave. */
    double seconds(List<List<String>> waves) {
        long begin = System.nanoTime();
        for (var wave : waves) {
            wave.forEach(app -> patch(app, RawKubernetes.templateAnnotation("bench/rolled", "by-hand")));
            await(wave);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Gives each one pod, and waits until all are there. */
    void start(List<String> apps) {
        apps.forEach(app -> patch(app, "{\"spec\":{\"replicas\":1}}"));
        await(apps);
    }

    private void patch(String app, String merge) {
        client.apps().deployments().inNamespace(namespace).withName(app).patch(RawKubernetes.MERGE, merge);
    }

    private void await(List<String> apps) {
        apps.forEach(app -> client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(app)
                .waitUntilCondition(RollOuts::rolled, PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    private static boolean rolled(Deployment deployment) {
        var status = deployment.getStatus();
        var replicas = deployment.getSpec().getReplicas();
        return deployment.getMetadata().getGeneration().equals(status.getObservedGeneration())
                && replicas.equals(status.getReplicas())
                && replicas.equals(status.getUpdatedReplicas())
                && replicas.equals(status.getAvailableReplicas());
    }
}
