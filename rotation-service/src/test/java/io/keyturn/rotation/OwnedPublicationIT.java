package io.keyturn.rotation;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.bed.Scenario;
import io.keyturn.rotation.bed.Topics;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The published Secret comes into the hands of a controller that would undo the next run: that fails before it has changed anything. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class OwnedPublicationIT extends Scenario {
    /** As Argo CD tracks by default: by a label that others set too. The value is the one that is there, so nobody is in conflict. */
    @Test
    void secretThatArgoCdAppliesIsNotTouched() {
        var policy = adopted(true);
        var applied = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(shop.namespace)
                .withName("orders-db")
                .addToLabels("app.kubernetes.io/instance", "orders")
                .endMetadata()
                .addToData("password", shop.secret().getData().get("password"))
                .build();
        Testbed.shared()
                .kubernetes()
                .admin()
                .resource(applied)
                .fieldManager("argocd-controller")
                .serverSideApply();

        assertRunChangesNothing(policy);
    }

    @Test
    void secretThatASealedSecretPatchesIsNotTouched() {
        var policy = adopted(true);
        write("kubectl-annotate", "{\"metadata\": {\"annotations\": {\"sealedsecrets.bitnami.com/patch\": \"true\"}}}");
        write("controller", "{\"stringData\": {\"sealed\": \"something\"}}");

        assertRunChangesNothing(policy);
    }

    private void write(String manager, String merge) {
        var context = new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager(manager)
                .build();
        Testbed.shared().kubernetes().admin().resource(shop.secret()).patch(context, merge);
    }

    private void assertRunChangesNothing(SecretRotation policy) {
        var secret = shop.secret();
        var roles = shop.roles();
        var run = newRun();

        state(policy, run, last(policy), null);

        awaitOutcome("Failed", run);
        assertThat(Topics.of(run))
                .extracting(EventEnvelope::event)
                .filteredOn(RotationFailed.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        RotationFailed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(RotationReason.PUBLICATION_OWNED));
        assertThat(shop.secret()).isEqualTo(secret);
        assertThat(shop.roles()).isEqualTo(roles);
        assertThat(shop.liveVersion()).isOne();
        assertThat(shop.keptRuns("orders")).isEmpty();
    }
}
