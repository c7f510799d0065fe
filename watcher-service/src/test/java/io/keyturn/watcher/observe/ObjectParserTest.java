package io.keyturn.watcher.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.watcher.statement.Provenance.OwnerReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ObjectParserTest {
    private static final String METADATA = """
            "metadata": {"name": "db", "namespace": "shop", "uid": "u1", "resourceVersion": "7", "generation": 3,
              "labels": {"a": "b"}, "annotations": {"keyturn.io/restart": "true"}, "finalizers": ["x", {"y": []}],
              "ownerReferences": [{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "uid": "o",
                "controller": true, "blockOwnerDeletion": true}],
              "managedFields": [
                {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:data": {".": {}, "f:k": {}}, "f:type": {}}},
                {"manager": "labeller", "fieldsV1": {"f:metadata": {"f:labels": {}}}}]}
            """;

    private static KubernetesObject parse(ObjectKind kind, String json) throws IOException {
        return ObjectParser.object(kind, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void secretIsReadWithItsMetadataInAnyOrder() throws IOException {
        try (var object = parse(ObjectKind.Secret, """
                {"data": {"password": "cMOkc3M=", "empty": "", "nothing": null}, "immutable": true, "kind": "Secret",
                 "type": "Opaque", %s}""".formatted(METADATA))) {
            assertThat(object.values).containsOnlyKeys("password", "empty", "nothing");
            assertThat(object.values.get("password"))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("päss");
            assertThat(object.values.get("empty")).isEmpty();
            assertThat(object.type).isEqualTo("Opaque");
            assertThat(object.uid).isEqualTo("u1");
            assertThat(object.resourceVersion).isEqualTo("7");
            assertThat(object.labels).containsEntry("a", "b");
            assertThat(object.annotations).containsEntry("keyturn.io/restart", "true");
            assertThat(object.owners)
                    .containsExactly(new OwnerReference("bitnami.com/v1alpha1", "SealedSecret", "db", true));
            assertThat(object.dataManagers).containsExactly("kubectl");
        }
    }

    @Test
    void configMapHasTextAndBinaryValues() throws IOException {
        try (var object = parse(ObjectKind.ConfigMap, """
                {%s, "data": {"text": "Zürich\\n\\u20ac"}, "binaryData": {"bytes": "AAEC"}}""".formatted(METADATA))) {
            assertThat(object.values.get("text"))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("Zürich\n€");
            assertThat(object.values.get("bytes")).containsExactly(0, 1, 2);
        }
    }

    @Test
    void closingZeroesTheValues() throws IOException {
        var object = parse(ObjectKind.Secret, "{\"data\": {\"password\": \"AQID\"}}");
        var value = object.values.get("password");
        object.close();
        assertThat(value).containsOnly(0);
        assertThat(object.values).isEmpty();
    }

    @Test
    void pageNamesItsVersionAndTheNext() throws IOException {
        var page = ObjectParser.page(
                ObjectKind.Secret, """
                {"kind": "SecretList", "metadata": {"resourceVersion": "9", "continue": "more", "remainingItemCount": 4},
                 "items": [{%s, "data": {"a": "AQ=="}}, {%s}]}""".formatted(METADATA, METADATA).getBytes(StandardCharsets.UTF_8));
        assertThat(page.resourceVersion()).isEqualTo("9");
        assertThat(page.next()).isEqualTo("more");
        assertThat(page.objects()).hasSize(2);
        assertThat(page.objects().getFirst().values).containsOnlyKeys("a");
    }

    @Test
    void whatIsNotJsonFails() {
        assertThatThrownBy(() -> parse(ObjectKind.Secret, "{\"data\": {\"a\"")).isInstanceOf(IOException.class);
    }
}
