package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The packaged services know every variable that the compose file gives them, and start with all of them. */
class ComposeConfigurationST {
    /** Read as variables, not as properties. */
    private static final Set<String> NO_PROPERTIES = Set.of("KUBECONFIG", "POD_NAMESPACE");
    /** What only makes the trial short, or possible where the compose file's ports are taken. */
    private static final Map<String, String> TRIAL = Map.of(
            "QUARKUS_HTTP_PORT", "0", "QUARKUS_FLYWAY_CONNECT_RETRIES", "0", "KUBERNETES_MASTER", "http://127.0.0.1:1");

    @ParameterizedTest
    @ValueSource(strings = {"watcher", "rotation", "restart", "audit"})
    void serviceKnowsWhatTheComposeFileSays(String service, @TempDir Path folder) throws Exception {
        var environment = environment(service);
        if (environment.containsKey("KUBECONFIG")) {
            environment.put("KUBECONFIG", kubeconfig(folder).toString());
        }
        var properties = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (!NO_PROPERTIES.contains(name)) {
                properties.put(property(name), value);
            }
        });
        KnownProperties.assertInclude(properties.keySet());

        // As a file, because what is not known is said of files only, and as the environment that it is.
        var file = new StringBuilder();
        properties.forEach(
                (name, value) -> file.append(name).append('=').append(value).append('\n'));
        environment.putAll(TRIAL);
        ConfigurationTrial.assertStarts("compose", service, folder, file.toString(), environment);
    }

    @Test
    void aNameThatNobodyKnowsIsFound() {
        assertThat(KnownProperties.include("kafka.bootstrap.servers")).isTrue();
        assertThat(KnownProperties.include("kafka.bootstrap.server")).isFalse();
        assertThat(KnownProperties.include("keyturn.cluster")).isTrue();
        assertThat(KnownProperties.include("keyturn.clusters")).isFalse();
    }

    /** None of the names has a dash in it; one that had would be unknown, and so be noticed. */
    private static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** With some password everywhere, and addresses where nobody listens. */
    private static Map<String, String> environment(String service) {
        var environment = new HashMap<String, String>();
        ComposeTest.environment(service).properties().forEach(variable -> {
            var value = variable.getValue().asText().replaceAll("\\$\\{[A-Z_]+[^}]*}", "some-password");
            environment.put(variable.getKey(), value.replaceAll("\\b(kafka|postgres|openbao):\\d+", "127.0.0.1:1"));
        });
        return environment;
    }

    private static Path kubeconfig(Path folder) throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
    }
}
