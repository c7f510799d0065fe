package io.keyturn.restart.workload;

import java.util.Map;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.KeySelection;
import io.keyturn.restart.reference.References;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.reference.KeySelection.some;
import static io.keyturn.restart.reference.KeySelection.whole;
import static org.assertj.core.api.Assertions.assertThat;

/** Every way in which a pod can read a Secret or a ConfigMap, as it is written in a manifest. */
class TemplateReaderTest {
    @Test
    void variables() {
        assertThat(read("""
                containers:
                - name: main
                  env:
                  - {name: PLAIN, value: x}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
                  - {name: LEVEL, valueFrom: {configMapKeyRef: {name: app, key: level}}}
                """)).isEqualTo(Map.of(secret("db"), some("password"), configMap("app"), some("level")));
    }

    @Test
    void allKeysAsVariables() {
        assertThat(read("""
                containers:
                - name: main
                  envFrom:
                  - secretRef: {name: db}
                  - configMapRef: {name: app}
                """)).isEqualTo(Map.of(secret("db"), whole(), configMap("app"), whole()));
    }

    @Test
    void initContainers() {
        assertThat(read("""
                initContainers:
                - name: migrate
                  env:
                  - {name: PASSWORD, valueFrom: {secretKeyRef: {name: owner, key: password}}}
                containers:
                - {name: main}
                """)).isEqualTo(Map.of(secret("owner"), some("password")));
    }

    @Test
    void volumes() {
        assertThat(read("""
                containers:
                - name: main
                  volumeMounts:
                  - {name: all, mountPath: /all}
                  - {name: some, mountPath: /some}
                  - {name: settings, mountPath: /settings}
                  - {name: one, mountPath: /one/b, subPath: b}
                  - {name: scratch, mountPath: /tmp}
                volumes:
                - {name: all, secret: {secretName: tls}}
                - {name: some, secret: {secretName: db, items: [{key: password, path: p}]}}
                - {name: settings, configMap: {name: app}}
                - {name: one, secret: {secretName: files}}
                - {name: scratch, emptyDir: {}}
                """))
                .isEqualTo(Map.of(
                        secret("tls"),
                        whole(),
                        secret("db"),
                        some("password"),
                        configMap("app"),
                        whole(),
                        secret("files"),
                        some("b")));
    }

    @Test
    void projectedVolumes() {
        assertThat(read("""
                containers:
                - name: main
                  volumeMounts:
                  - {name: together, mountPath: /etc/together}
                volumes:
                - name: together
                  projected:
                    sources:
                    - secret: {name: db, items: [{key: password, path: p}]}
                    - secret: {name: tls}
                    - configMap: {name: app, items: [{key: level, path: l}]}
                    - serviceAccountToken: {path: token}
                """))
                .isEqualTo(Map.of(
                        secret("db"), some("password"), secret("tls"), whole(), configMap("app"), some("level")));
    }

    private static ObjectRef secret(String name) {
        return ObjectRef.secret("shop", name);
    }

    private static ObjectRef configMap(String name) {
        return ObjectRef.configMap("shop", name);
    }

    private static Map<ObjectRef, KeySelection> read(String podSpec) {
        return References.of("shop", TemplateReader.read(Serialization.unmarshal(podSpec, PodSpec.class)))
                .byObject();
    }
}
