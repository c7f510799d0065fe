package io.keyturn.testbed.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class KubernetesServerIT {

    private static KubernetesServer server;

    @BeforeAll
    static void start() {
        server = KubernetesServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void deploymentGetsItsPodObjects(@TempDir Path folder) throws IOException {
        server.createNamespace("pods");
        server.apply(Files.writeString(folder.resolve("app.yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: app}}
                  template:
                    metadata: {labels: {app: app}}
                    spec: {containers: [{name: app, image: example/app}]}
                """), "pods");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(
                                server.admin().pods().inNamespace("pods").list().getItems())
                        .hasSize(2));
    }

    @Test
    void serviceAccountHasOnlyItsRights(@TempDir Path folder) throws IOException {
        server.apply(Files.writeString(folder.resolve("rights.yaml"), """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: reader, namespace: rights}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
                subjects: [{kind: ServiceAccount, name: reader, namespace: rights}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: reader, namespace: rights}
                rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: reader, namespace: rights}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: rights}
                """));

        try (KubernetesClient reader = server.clientFor("rights", "reader")) {
            assertThat(reader.configMaps().inNamespace("rights").list()).isNotNull();
            assertThatThrownBy(() -> reader.secrets().inNamespace("rights").list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(403));
        }
    }

    @Test
    void personIsKnownByNameAndHasNoRights() {
        for (Person person : Person.values()) {
            try (KubernetesClient client = server.clientFor(person)) {
                assertThatThrownBy(
                                () -> client.configMaps().inNamespace("default").list())
                        .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                            assertThat(refused.getCode()).isEqualTo(403);
                            assertThat(refused).hasMessageContaining("User \"" + person.user() + "\" cannot list");
                        });
            }
        }
    }

    @Test
    void customResourceIsCheckedByItsSchemaAndItsRules(@TempDir Path folder) throws IOException {
        server.apply(Files.writeString(folder.resolve("crd.yaml"), """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.org}
                spec:
                  group: example.org
                  scope: Namespaced
                  names: {kind: Widget, plural: widgets, singular: widget}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec:
                            type: object
                            properties: {size: {type: integer}}
                            x-kubernetes-validations: [{rule: "self.size > 0", message: "size must be positive"}]
                """));
        String widget = """
                apiVersion: example.org/v1
                kind: Widget
                metadata: {name: %s, namespace: default}
                spec: {size: %d}
                """;

        server.apply(Files.writeString(folder.resolve("good.yaml"), widget.formatted("good", 1)));
        Path bad = Files.writeString(folder.resolve("bad.yaml"), widget.formatted("bad", 0));
        assertThatThrownBy(() -> server.apply(bad)).hasMessageContaining("size must be positive");
    }

    @Test
    void restartedApiServerKeepsItsAddressAndData() {
        server.admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("kept")
                        .withNamespace("default")
                        .endMetadata()
                        .addToData("key", "value")
                        .build())
                .create();

        server.stopApiServer();
        assertThatThrownBy(() -> server.admin().raw("/readyz")).isInstanceOf(KubernetesClientException.class);
        server.startApiServer();

        assertThat(server.admin()
                        .configMaps()
                        .inNamespace("default")
                        .withName("kept")
                        .get()
                        .getData())
                .containsEntry("key", "value");
    }

    @Test
    void tokenFileIsPrivateAndForItsAudience() throws IOException {
        Path file = server.tokenFile("default", "default", "vault");

        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        String[] parts = Files.readString(file).split("\\.");
        assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
                .contains("\"aud\":[\"vault\"]")
                .contains("system:serviceaccount:default:default");
    }
}
