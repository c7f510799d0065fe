package io.keyturn.system.deploy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.system.docs.CodeBlocks;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A real API server takes the chart as it is, in a namespace that enforces the restricted pod security standard. */
class HelmChartIT {
    private static final PatchContext STRICT = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("helm")
            .withFieldValidation("Strict")
            .build();

    private static final PatchContext FORCED = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("helm")
            .withForce(true)
            .build();
    private static final Path CRD = Chart.FOLDER.resolve("crds/secretrotations.keyturn.io.yaml");

    private static KubernetesServer server;

    @BeforeAll
    static void start() {
        server = KubernetesServer.start();
        server.apply(Tools.repository().resolve("deploy/rbac/namespace.yaml"));
        server.apply(Chart.FOLDER.resolve("crds"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyObjectIsAcceptedAndEveryPodIsMade() {
        var objects = load(Map.of());

        assertThat(objects)
                .hasSizeGreaterThan(15)
                .allSatisfy(object -> assertThat(server.admin().resource(object).patch(STRICT))
                        .isNotNull());

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(server.admin()
                                .pods()
                                .inNamespace("keyturn-system")
                                .list()
                                .getItems())
                        .extracting(pod -> pod.getMetadata().getLabels().get("app.kubernetes.io/name"))
                        .contains("keyturn-watcher", "keyturn-rotation", "keyturn-restart", "keyturn-audit"));
    }

    @Test
    void secretsOfNamedNamespacesOnly() {
        server.createNamespace("shop");
        server.createNamespace("private");
        var values =
                Map.<String, Object>of("rotation.secretAccess", "namespaced", "rotation.secretNamespaces[0]", "shop");
        load(values).stream()
                .filter(o -> o.getKind().endsWith("Binding") || o.getKind().endsWith("Role"))
                .forEach(o -> server.admin().resource(o).patch(STRICT));
        var everywhere = server.admin().rbac().clusterRoleBindings().withName("keyturn-rotation-publications");
        everywhere.delete();
        await().until(() -> everywhere.get() == null);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(mayPatchSecrets("shop")).isTrue());
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(mayPatchSecrets("private")).isFalse());
    }

    /** Helm owns every field of the definition that it has installed, and never changes it. */
    @Test
    void theGuideUpgradesADefinitionThatHelmHasInstalled() throws Exception {
        var definitions = server.admin().apiextensions().v1().customResourceDefinitions();
        var ours = definitions.load(CRD.toFile()).item();
        var older = definitions.load(CRD.toFile()).item();
        schema(older).setDescription("of an older version");
        definitions.resource(older).patch(FORCED);
        var command = CodeBlocks.of("docs/guides/install.md").stream()
                .filter(block -> block.heading().equals("Later"))
                .flatMap(block -> block.text().lines())
                .filter(line -> line.startsWith("kubectl apply ") && line.endsWith("deploy/crds"))
                .findFirst()
                .orElseThrow();

        Shell.run(
                command,
                "",
                Tools.repository(),
                Map.of("KUBECONFIG", server.kubeconfig().toString()));

        assertThat(schema(definitions.resource(ours).get()).getDescription())
                .isEqualTo(schema(ours).getDescription());
    }

    private static JSONSchemaProps schema(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    }

    private static boolean mayPatchSecrets(String namespace) {
        var review = new io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:keyturn-system:keyturn-rotation")
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withResource("secrets")
                .withVerb("patch")
                .endResourceAttributes()
                .endSpec()
                .build();
        return server.admin()
                .authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }

    private static List<HasMetadata> load(Map<String, Object> values) {
        var text = Chart.renderText(values).getBytes(StandardCharsets.UTF_8);
        return server.admin().load(new ByteArrayInputStream(text)).items();
    }
}
