package io.keyturn.system.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pod of a Deployment without its container: arguments, environment and mounted files are those that the Deployment names in
 * the API server, under a folder of this machine. It knows the API server by a kubeconfig, for want of a cluster's own address.
 */
final class InstalledService implements AutoCloseable {
    private static final String NAMESPACE = "keyturn-system";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String PORT = "quarkus.http.port=8080";

    private final HttpClient http = HttpClient.newHttpClient();
    private final KubernetesServer kubernetes;
    private final JsonNode pod;
    private final Path folder;
    private final int port = FreePort.next();
    private final Child process;

    /** Starts it. */
    InstalledService(KubernetesServer kubernetes, JsonNode deployment, Path folder) throws IOException {
        this.kubernetes = kubernetes;
        this.pod = deployment.at("/spec/template/spec");
        this.folder = folder;
        var name = deployment.at("/metadata/name").asText();
        mount();
        process = Child.start("installed-" + name, command(name), environment());
    }

    /** Waits until it is ready: its Kafka, its database and its Vault have let it in. */
    void awaitReady() {
        process.await(START_LIMIT, () -> status("/q/health/ready") == 200);
    }

    String get(String path) throws IOException, InterruptedException {
        return http.send(request(path), BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        process.close();
    }

    private int status(String path) {
        try {
            return http.send(request(path), BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build();
    }

    /** Each volume's files at its mount path under the folder; what they say about paths and the port is made to fit. */
    private void mount() throws IOException {
        for (var mount : container().path("volumeMounts")) {
            var files = files(volume(mount.path("name").asText()));
            var target = Files.createDirectories(under(mount.path("mountPath").asText()));
            for (var file : files.entrySet()) {
                Files.writeString(target.resolve(file.getKey()), fitted(file.getValue()));
            }
        }
    }

    private String fitted(String text) {
        var fitted = text;
        for (var mount : container().path("volumeMounts")) {
            var path = mount.path("mountPath").asText();
            fitted = fitted.replace("=" + path + "/", "=" + under(path) + "/");
        }
        return fitted.replace(PORT, "quarkus.http.port=" + port);
    }

    private Path under(String absolute) {
        return folder.resolve(absolute.substring(1));
    }

    private JsonNode volume(String name) {
        for (var volume : pod.path("volumes")) {
            if (volume.path("name").asText().equals(name)) {
                return volume;
            }
        }
        throw new AssertionError("no volume " + name);
    }

    private Map<String, String> files(JsonNode volume) throws IOException {
        if (volume.has("configMap")) {
            var name = volume.at("/configMap/name").asText();
            var found = kubernetes
                    .admin()
                    .configMaps()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .get();
            assertThat(found).as("ConfigMap " + name).isNotNull();
            return new TreeMap<>(found.getData());
        }
        var token = volume.at("/projected/sources/0/serviceAccountToken");
        return token.isMissingNode()
                ? Map.of()
                : Map.of(
                        token.path("path").asText(),
                        Files.readString(kubernetes.tokenFile(
                                NAMESPACE,
                                serviceAccount(),
                                token.path("audience").asText())));
    }

    private Map<String, String> environment() {
        var environment = new HashMap<String, String>();
        for (var variable : container().path("env")) {
            var secret = variable.at("/valueFrom/secretKeyRef");
            environment.put(
                    variable.path("name").asText(),
                    secret.isMissingNode()
                            ? NAMESPACE
                            : secretValue(
                                    secret.path("name").asText(),
                                    secret.path("key").asText()));
        }
        environment.put(
                "KUBECONFIG",
                kubernetes.kubeconfigFor(NAMESPACE, serviceAccount()).toString());
        return environment;
    }

    private String secretValue(String name, String key) {
        var found = kubernetes
                .admin()
                .secrets()
                .inNamespace(NAMESPACE)
                .withName(name)
                .get();
        var value = Objects.requireNonNull(found.getData().get(key), name + "/" + key);
        return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }

    private List<String> command(String name) {
        var command = new ArrayList<>(List.of(
                "env",
                "--chdir=" + under(container().path("workingDir").asText()),
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (var argument : container().path("args")) {
            command.add(argument.asText().equals("app.jar") ? jar(name) : argument.asText());
        }
        return command;
    }

    private JsonNode container() {
        return pod.at("/containers/0");
    }

    private String serviceAccount() {
        return pod.path("serviceAccountName").asText();
    }

    private static String jar(String name) {
        return ServiceJar.valueOf(name.replace("keyturn-", "").toUpperCase(Locale.ROOT))
                .jar()
                .toString();
    }
}
