package io.keyturn.restart;

import jakarta.inject.Inject;

import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.workload.PatchResult.Patched;
import io.keyturn.restart.workload.WorkloadPatcher;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class PatchedTemplateIT extends RestartScenario {
    @Inject
    WorkloadPatcher patcher;

    /** A mark that is kept as it was found may hold whatever anybody has written behind the hash. */
    @Test
    void aMarkArrivesAsItIsAndTheSameOnceMoreChangesNothing() {
        var deployment = shop.deployment("api", Shop.ASKS, "db", "PASSWORD");
        var uid = new Uid(deployment.getMetadata().getUid());
        var workload = new WorkloadRef(WorkloadKind.Deployment, shop.namespace, "api", uid);
        var mark = "12ab;\"},{\\\"\n%s;orders-db=r1.1";

        assertThat(patcher.patch(workload, mark)).isEqualTo(new Patched(2));
        assertThat(patcher.patch(workload, mark)).isEqualTo(new Patched(2));

        assertThat(shop.content("api")).isEqualTo(mark);
    }
}
