package io.keyturn.system;

import java.util.List;
import java.util.stream.IntStream;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Fleet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A process that starts looks at every SecretRotation there is, in the memory that it is given: what does not fit kills it. */
@Tag("chaos")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManySecretRotationsST {
    private static final List<String> MEMBERS =
            IntStream.range(0, 1000).mapToObj(number -> "m" + number).toList();

    private final Fleet fleet = new Fleet(Keyturn.testbed(), Keyturn.testbed().postgres(), "many");

    @AfterAll
    void takeThemAway() {
        var client = Keyturn.testbed().kubernetes().admin();
        client.genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation")
                .inNamespace(fleet.namespace())
                .delete();
    }

    @Test
    void aThousandAreLookedAtAfterAStart() {
        var service = Keyturn.service(ServiceJar.ROTATION);
        fleet.create();
        fleet.apply(MEMBERS.stream().map(this::suspended));
        awaitObserved("1");

        service.restart();
        service.awaitReady();
        MEMBERS.forEach(member -> fleet.rotation(member)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"schedule\": {\"every\": \"60d\"}}}"));

        awaitObserved("2");
        assertThat(service.isAlive()).isTrue();
    }

    private void awaitObserved(String generation) {
        await("all looked at")
                .atMost(Scenario.PATIENCE)
                .failFast(
                        "rotation-service has died",
                        () -> !Keyturn.service(ServiceJar.ROTATION).isAlive())
                .untilAsserted(() -> assertThat(fleet.statuses("observedGeneration"))
                        .hasSize(MEMBERS.size())
                        .containsOnly(generation));
    }

    private String suspended(String member) {
        return fleet.manifest(
                member, true, List.of(member), Keyturn.testbed().postgres().port(), "suspend: true");
    }
}
