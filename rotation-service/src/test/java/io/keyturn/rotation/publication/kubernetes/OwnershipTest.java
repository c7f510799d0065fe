package io.keyturn.rotation.publication.kubernetes;

import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What marks a Secret as somebody else's; what the API server makes of writes is seen in {@link SecretPublisherIT}. */
class OwnershipTest {
    private static final Set<String> OURS = Set.of("user", "password");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "argocd-controller",
                "argocd-application-controller",
                "kustomize-controller",
                "helm-controller",
                "helm",
                "external-secrets",
                "externalsecrets.external-secrets.io/orders-db",
                "externalsecrets.external-secrets.io/sha3/0f"
            })
    void controllerThatHoldsOneOfOurKeysOwnsTheSecret(String manager) {
        assertThat(isForeign(written(manager, "data", "password"))).isTrue();
        assertThat(isForeign(written(manager, "stringData", "password"))).isTrue();
        assertThat(isForeign(written(manager, "data", "theirs"))).isFalse();
        assertThat(isForeign(written(manager, "metadata", "password"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyturn-rotation",
                "keyturn-rotation-fence",
                "kubectl",
                "kubectl-client-side-apply",
                "kubectl-create",
                "kubectl-edit",
                "kubectl-patch",
                "k9s",
                "controller",
                "externalsecrets"
            })
    void whoIsNoSuchControllerDoesNot(String manager) {
        assertThat(isForeign(written(manager, "data", "password"))).isFalse();
    }

    @Test
    void writeWithoutAManagerOrFieldsIsNobodys() {
        var entry = new ManagedFieldsEntryBuilder().build();
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withManagedFields(entry)
                .endMetadata()
                .build();

        assertThat(isForeign(secret)).isFalse();
    }

    /** Helm charts and people set it as a matter of course. */
    @Test
    void labelInstanceAloneProvesNothing() {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .addToLabels("app.kubernetes.io/instance", "orders")
                .endMetadata()
                .build();

        assertThat(isForeign(secret)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "sealedsecrets.bitnami.com/patch, true, true",
        "sealedsecrets.bitnami.com/managed, true, true",
        "sealedsecrets.bitnami.com/patch, TRUE, false",
        "sealedsecrets.bitnami.com/managed, false, false",
        "sealedsecrets.bitnami.com/cluster-wide, true, false"
    })
    void sealedSecretsTakesOneWordOnlyForYes(String annotation, String value, boolean isForeign) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .addToAnnotations(annotation, value)
                .endMetadata()
                .build();

        assertThat(isForeign(secret)).isEqualTo(isForeign);
    }

    private static boolean isForeign(Secret secret) {
        return Ownership.isForeign(secret, OURS);
    }

    private static Secret written(String manager, String field, String key) {
        var fields = new FieldsV1();
        fields.setAdditionalProperty("f:" + field, Map.of(".", Map.of(), "f:" + key, Map.of()));
        var entry = new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withFieldsV1(fields)
                .build();
        return new SecretBuilder()
                .withNewMetadata()
                .withManagedFields(entry)
                .endMetadata()
                .build();
    }
}
