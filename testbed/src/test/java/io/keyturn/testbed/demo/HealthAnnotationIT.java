package io.keyturn.testbed.demo;

import java.nio.file.Files;
import java.nio.file.Path;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class HealthAnnotationIT {

    @Test
    void whateverAVisitorDoesTheDemoGoesOn(@TempDir Path folder) throws Exception {
        try (var server = KubernetesServer.start()) {
            var health = new HealthAnnotation(server.admin(), "shop", "orders-api");
            server.createNamespace("shop");
            server.apply(Files.writeString(folder.resolve("app.yaml"), """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: orders-api}
                    spec:
                      replicas: 0
                      selector: {matchLabels: {app: app}}
                      template:
                        metadata: {labels: {app: app}}
                        spec: {containers: [{name: app, image: example/app}]}
                    """), "shop");
            var deployment =
                    server.admin().apps().deployments().inNamespace("shop").withName("orders-api");

            assertThat(health.broken().orElse(false)).isFalse();
            annotate(deployment, "broken");
            assertThat(health.broken()).contains(true);
            annotate(deployment, "fine");
            assertThat(health.broken()).contains(false);

            deployment.delete();
            assertThat(health.broken()).isEmpty();
            server.stopApiServer();
            assertThat(health.broken()).isEmpty();
        }
    }

    private static void annotate(
            io.fabric8.kubernetes.client.dsl.Resource<io.fabric8.kubernetes.api.model.apps.Deployment> deployment,
            String health) {
        deployment.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"metadata\": {\"annotations\": {\"" + HealthAnnotation.NAME + "\": \"" + health + "\"}}}");
    }
}
