package io.keyturn.watcher.statement;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.event.Origin;
import io.keyturn.contract.reference.Owner;
import io.keyturn.watcher.statement.Provenance.OwnerReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProvenanceTest {
    private static Provenance of(List<OwnerReference> owners, Map<String, String> labels, String... managers) {
        return Provenance.of(owners, labels, Map.of(), Set.of(managers));
    }

    @Test
    void ownerThatWritesAgainComesFirst() {
        var owners = List.of(
                new OwnerReference("v1", "ConfigMap", "other", false),
                new OwnerReference("external-secrets.io/v1", "ExternalSecret", "db", true));
        assertThat(of(owners, Map.of("app.kubernetes.io/managed-by", "Helm"), "keyturn-rotation"))
                .isEqualTo(new Provenance(new Owner("ExternalSecret", "db"), Origin.EXTERNAL_SECRETS));
    }

    @Test
    void deploymentToolsAreKnownByTheirMarks() {
        assertThat(of(List.of(), Map.of("kustomize.toolkit.fluxcd.io/name", "apps")))
                .isEqualTo(new Provenance(new Owner("Kustomization", "apps"), Origin.FLUX));
        assertThat(Provenance.of(
                        List.of(),
                        Map.of(),
                        Map.of("argocd.argoproj.io/tracking-id", "shop:/Secret:shop/db"),
                        Set.of()))
                .isEqualTo(new Provenance(new Owner("Application", "shop"), Origin.ARGO_CD));
        assertThat(of(List.of(), Map.of("app.kubernetes.io/managed-by", "Helm")).origin())
                .isEqualTo(Origin.HELM);
    }

    @Test
    void withoutAnOwnerWhoeverWroteTheContentCounts() {
        assertThat(of(List.of(), Map.of(), "kubectl", "keyturn-rotation").origin())
                .isEqualTo(Origin.KEYTURN);
        assertThat(of(List.of(), Map.of(), "kubectl")).isEqualTo(new Provenance(null, Origin.OTHER));
    }

    @Test
    void labelThatCannotNameAnOwnerNamesNone() {
        assertThat(of(List.of(), Map.of("argocd.argoproj.io/instance", "not a name!")))
                .isEqualTo(new Provenance(null, Origin.ARGO_CD));
    }
}
