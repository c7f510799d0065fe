package io.keyturn.testbed.pod;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PodInputsTest {
    private final Map<String, Map<String, byte[]>> secrets = new HashMap<>();
    private final ConfigSource source = new ConfigSource() {
        @Override
        public Optional<Map<String, byte[]>> secret(String name) {
            return Optional.ofNullable(secrets.get(name));
        }

        @Override
        public Optional<Map<String, byte[]>> configMap(String name) {
            return secret("configmap/" + name);
        }
    };

    @Test
    void envGoesOverEnvFromAndPrefixesAreKept() throws MissingReference {
        secret("db", Map.of("USER", "a", "PASSWORD", "b"));
        secret("configmap/app", Map.of("USER", "from-map", "LEVEL", "info"));
        assertThat(env("""
                name: app
                envFrom:
                - {prefix: DB_, secretRef: {name: db}}
                - {secretRef: {name: db}}
                - {configMapRef: {name: app}}
                env:
                - {name: PASSWORD, value: literal}
                - {name: LEVEL, valueFrom: {configMapKeyRef: {name: app, key: USER}}}
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: EMPTY}
                """))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "DB_USER", "a",
                        "DB_PASSWORD", "b",
                        "USER", "from-map",
                        "PASSWORD", "literal",
                        "LEVEL", "from-map",
                        "POD", "pod-1",
                        "EMPTY", ""));
    }

    @Test
    void missingSecretOrKeyIsSaidByNameUnlessOptional() throws MissingReference {
        secret("db", Map.of("USER", "a"));
        var key =
                "---\n{name: app, env: [{name: X, valueFrom: {secretKeyRef: {name: db, key: PASSWORD, optional: %s}}}]}";
        var whole = "---\n{name: app, envFrom: [{secretRef: {name: nowhere, optional: %s}}]}";
        assertThatThrownBy(() -> env(key.formatted("false")))
                .isInstanceOf(MissingReference.class)
                .hasMessage("couldn't find key PASSWORD in secret db");
        assertThatThrownBy(() -> env(whole.formatted("false")))
                .isInstanceOf(MissingReference.class)
                .hasMessage("secret \"nowhere\" not found");
        assertThat(env(key.formatted("true"))).isEmpty();
        assertThat(env(whole.formatted("true"))).isEmpty();
    }

    @Test
    void aRefreshReachesFoldersAndNeverASubPath() throws MissingReference {
        secret("db", Map.of("DATABASE_URL", "one", "other", "x"));
        var pod = Serialization.unmarshal("""
                volumes:
                - {name: whole, secret: {secretName: db}}
                - {name: items, secret: {secretName: db, items: [{key: DATABASE_URL, path: deep/url}]}}
                - {name: both, projected: {sources: [{secret: {name: db}}]}}
                containers:
                - name: app
                  volumeMounts:
                  - {name: whole, mountPath: /etc/db/}
                  - {name: items, mountPath: /etc/items}
                  - {name: both, mountPath: /etc/both}
                  - {name: whole, mountPath: /etc/pinned, subPath: DATABASE_URL}
                  - {name: items, mountPath: /etc/folder, subPath: deep}
                """, PodSpec.class);
        var volumes = new Volumes(pod, source);
        volumes.load();
        var view = volumes.mountedBy(pod.getContainers().getFirst());
        assertThat(view.find("DATABASE_URL"))
                .hasValueSatisfying(path -> assertThat(text(view, path)).isEqualTo("one"));

        secret("db", Map.of("DATABASE_URL", "two"));
        assertThat(text(view, "/etc/db/DATABASE_URL")).isEqualTo("one");
        volumes.refresh();

        assertThat(text(view, "/etc/db/DATABASE_URL")).isEqualTo("two");
        assertThat(text(view, "/etc/items/deep/url")).isEqualTo("two");
        assertThat(text(view, "/etc/both/DATABASE_URL")).isEqualTo("two");
        assertThat(text(view, "/etc/pinned")).isEqualTo("one");
        assertThat(text(view, "/etc/folder/url")).isEqualTo("one");
        assertThat(view.read("/etc/db/other")).isEmpty();

        secrets.clear();
        volumes.refresh();
        assertThat(text(view, "/etc/db/DATABASE_URL")).isEqualTo("two");
    }

    @Test
    void aVolumeWithoutItsSecretCannotBeLoadedUnlessOptional() throws MissingReference {
        var pod = "---\n{volumes: [{name: v, secret: {secretName: nowhere, optional: %s}}], containers: []}";
        assertThatThrownBy(() ->
                        new Volumes(Serialization.unmarshal(pod.formatted("false"), PodSpec.class), source).load())
                .isInstanceOf(MissingReference.class);
        new Volumes(Serialization.unmarshal(pod.formatted("true"), PodSpec.class), source).load();
    }

    @Test
    void theTagOfAnImageSaysNothing() {
        assertThat(PodProgram.named("keyturn.test/pg-env:v2")).isPresent();
        assertThat(PodProgram.named("keyturn.test/pause@sha256:00")).isPresent();
        assertThat(PodProgram.named("example.org:5000/pg-env")).isEmpty();
    }

    private Map<String, String> env(String container) throws MissingReference {
        return new Environment(source, Map.of("metadata.name", "pod-1"))
                .of(Serialization.unmarshal(container, Container.class));
    }

    private void secret(String name, Map<String, String> data) {
        var bytes = new HashMap<String, byte[]>();
        data.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
        secrets.put(name, bytes);
    }

    private static String text(Volumes.View view, String path) {
        return new String(view.read(path).orElseThrow(), StandardCharsets.UTF_8);
    }
}
