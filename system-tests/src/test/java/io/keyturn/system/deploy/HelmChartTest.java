package io.keyturn.system.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the chart makes of its values. That a real API server takes it is for {@link HelmChartIT}. */
class HelmChartTest {
    private static final Path DEPLOY = Tools.repository().resolve("deploy");
    private static final Map<String, Object> NOTHING = Map.of();

    @Test
    void lintFindsNothingWithTheExampleValues(@TempDir Path folder) throws IOException {
        var copy = folder.resolve("keyturn");
        copy(Chart.FOLDER, copy);
        merge(copy.resolve("values.yaml"));

        var result = new Helm(copy).lint().strict().call();

        assertThat(result.getMessages()).noneMatch(message -> message.contains("[ERROR]"));
        assertThat(result.isFailed()).isFalse();
    }

    @Test
    void customResourceDefinitionIsTheOneOfDeploy() throws IOException {
        var name = "secretrotations.keyturn.io.yaml";

        assertThat(Files.readAllBytes(Chart.FOLDER.resolve("crds").resolve(name)))
                .as("copy deploy/crds/%s to deploy/helm/keyturn/crds", name)
                .isEqualTo(Files.readAllBytes(DEPLOY.resolve("crds").resolve(name)));
    }

    @Test
    void accountsAndRightsAreThoseOfDeploy() {
        var expected = Chart.byIdentity(Stream.of("watcher", "rotation", "restart", "audit", "approver")
                .flatMap(holder -> Chart.documents(DEPLOY.resolve("rbac/" + holder + ".yaml")).stream()));
        var rendered = Chart.byIdentity(Chart.render(NOTHING).stream()
                .filter(o -> o.has("rules")
                        || o.has("roleRef")
                        || o.path("kind").asText().equals("ServiceAccount")));

        assertThat(rendered.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, object) ->
                assertThat(rendered.get(name)).as("deploy/rbac and the chart").isEqualTo(object));
    }

    @Test
    void accessToSecretsCanBeBoundToNamespaces() {
        var objects = Chart.render(Map.of(
                "rotation.secretAccess",
                "namespaced",
                "rotation.secretNamespaces[0]",
                "shop",
                "rotation.secretNamespaces[1]",
                "billing"));

        assertThat(Chart.ofKind(objects, "ClusterRoleBinding"))
                .extracting(o -> o.at("/roleRef/name").asText())
                .doesNotContain("keyturn-rotation-publications")
                .contains("keyturn-rotation");
        assertThat(Chart.ofKind(objects, "RoleBinding"))
                .extracting(Chart::identity)
                .contains(
                        "RoleBinding/shop/keyturn-rotation-publications",
                        "RoleBinding/billing/keyturn-rotation-publications");
    }

    @ParameterizedTest
    @CsvSource({
        "cluster, '', /cluster",
        "cluster, Not-A-Name, /cluster",
        "kafka.bootstrapServers, '', /kafka/bootstrapServers",
        "kafka.bootstrapServers, kafka, /kafka/bootstrapServers",
        "kafka.securityProtocol, SSL3, /kafka/securityProtocol",
        "vault.address, '', /vault/address",
        "vault.address, vault:8200, /vault/address",
        "database.tls.caConfigMap, '', /database/tls/caConfigMap",
        "rotation.database.host, '', /rotation/database/host",
        "restart.database.host, '', /restart/database/host",
        "audit.database.host, '', /audit/database/host",
        "audit.database.port, 70000, /audit/database/port",
        "rotation.secretAccess, namespaced, /rotation/secretNamespaces",
        "rotation.secretAccess, everything, /rotation/secretAccess",
        "rotation.config.quarkus\\.datasource\\.password, x, quarkus.datasource.password",
        "watcher.replica, 2, replica",
    })
    void wrongValueIsRefusedAndNamed(String key, String value, String named) {
        assertThatThrownBy(() -> Chart.renderText(Map.of(key, value)))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation", "restart", "audit"})
    void podIsRestricted(String service) {
        var pod = deployment(Chart.render(NOTHING), service).at("/spec/template/spec");
        var container = pod.at("/containers/0");

        assertThat(pod.at("/containers")).hasSize(1);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isGreaterThan(1000);
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/q/health/started");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/q/health/ready");
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
        assertThat(container.at("/args").toString()).contains("--add-opens=java.base/java.lang=ALL-UNNAMED");
        assertThat(pod.at("/automountServiceAccountToken").asBoolean()).isEqualTo(!service.equals("audit"));
    }

    @Test
    void passwordsComeFromSecretsThatTheChartDoesNotMake() {
        var objects = Chart.render(NOTHING);

        assertThat(Chart.ofKind(objects, "Secret")).isEmpty();
        assertThat(Chart.ofKind(objects, "Deployment"))
                .flatExtracting(
                        o -> o.at("/spec/template/spec/containers/0/env").findValues("secretKeyRef"))
                .extracting(o -> o.path("name").asText() + "/" + o.path("key").asText())
                .containsExactlyInAnyOrder(
                        "keyturn-watcher/kafka-jaas-config",
                        "keyturn-rotation/kafka-jaas-config",
                        "keyturn-rotation/database-password",
                        "keyturn-rotation/database-owner-password",
                        "keyturn-restart/kafka-jaas-config",
                        "keyturn-restart/database-password",
                        "keyturn-restart/database-owner-password",
                        "keyturn-audit/kafka-jaas-config",
                        "keyturn-audit/database-password",
                        "keyturn-audit/database-owner-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation"})
    void vaultIsShownATokenMadeForIt(String service) {
        var pod = deployment(Chart.render(NOTHING), service).at("/spec/template/spec");

        assertThat(pod.at("/volumes").findValue("serviceAccountToken").path("audience"))
                .hasToString("\"vault\"");
        assertThat(properties(service, NOTHING))
                .contains(
                        "quarkus.vault.url=https://vault.vault.svc:8200",
                        "quarkus.vault.authentication.kubernetes.role=keyturn-" + service,
                        "quarkus.vault.authentication.kubernetes.jwt-token-path=/var/run/secrets/keyturn/vault/token",
                        "quarkus.vault.tls.ca-cert=/etc/keyturn/vault/ca.crt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rotation", "restart", "audit"})
    void serviceRunsAsItsRoleAndMigratesAsTheOwner(String service) {
        assertThat(properties(service, NOTHING))
                .contains(
                        "quarkus.datasource.username=keyturn-" + service,
                        "quarkus.flyway.username=keyturn-" + service + "-owner",
                        "quarkus.datasource.jdbc.url=jdbc:postgresql://keyturn-db.databases.svc:5432/keyturn-" + service
                                + "?sslmode=verify-full&sslrootcert=/etc/keyturn/database/ca.crt",
                        "quarkus.datasource.reactive.url=postgresql://keyturn-db.databases.svc:5432/keyturn-" + service,
                        "quarkus.datasource.reactive.hostname-verification-algorithm=HTTPS");
    }

    @Test
    void changedConfigurationRollsThePods() {
        var annotation = "/spec/template/metadata/annotations/keyturn.io~1configuration";
        var before = deployment(Chart.render(NOTHING), "rotation").at(annotation);
        var after = deployment(
                        Chart.render(Map.of("rotation.config.keyturn\\.rotation\\.runner\\.poll", "2S")), "rotation")
                .at(annotation);

        assertThat(before.asText()).isNotEmpty();
        assertThat(after).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation", "restart", "audit"})
    void serviceThatIsSwitchedOffLeavesNothing(String service) {
        assertThat(Chart.render(Map.of(service + ".enabled", false)))
                .extracting(Chart::identity)
                .isNotEmpty()
                .noneMatch(identity -> identity.contains("keyturn-" + service));
    }

    @Test
    void whatAnswersQuestionsHasAService() {
        var answering = Stream.of("watcher", "rotation", "restart", "audit")
                .filter(HelmChartTest::hasResources)
                .map(service -> "keyturn-" + service)
                .toList();

        assertThat(Chart.ofKind(Chart.render(NOTHING), "Service"))
                .extracting(service -> service.at("/metadata/name").asText())
                .containsExactlyInAnyOrderElementsOf(answering)
                .isNotEmpty();
        assertThat(Chart.ofKind(Chart.render(NOTHING), "Service"))
                .allSatisfy(service -> assertThat(service.at("/spec/selector/app.kubernetes.io~1name"))
                        .isEqualTo(service.at("/metadata/name")));
    }

    private static boolean hasResources(String service) {
        try (var files = Files.walk(Tools.repository().resolve(service + "-service/src/main/java"))) {
            return files.filter(Files::isRegularFile)
                    .anyMatch(file -> Chart.read(file).contains("\n@Path("));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> properties(String service, Map<String, Object> values) {
        return Chart.ofKind(Chart.render(values), "ConfigMap").stream()
                .filter(o -> o.at("/metadata/name").asText().equals("keyturn-" + service))
                .flatMap(o -> o.at("/data/application.properties").asText().lines())
                .toList();
    }

    private static JsonNode deployment(List<JsonNode> objects, String service) {
        return Chart.ofKind(objects, "Deployment").stream()
                .filter(o -> o.at("/metadata/name").asText().equals("keyturn-" + service))
                .findFirst()
                .orElseThrow();
    }

    private static void merge(Path values) throws IOException {
        var yaml = new com.fasterxml.jackson.dataformat.yaml.YAMLMapper();
        var all = yaml.readTree(values.toFile());
        yaml.writeValue(values.toFile(), yaml.readerForUpdating(all).readValue(Chart.EXAMPLE.toFile()));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
