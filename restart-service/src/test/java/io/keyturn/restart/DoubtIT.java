package io.keyturn.restart;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RestartFailed;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static org.assertj.core.api.Assertions.assertThat;

/** What a plan that failed leaves behind: patches that may have arrived, and patches that have not. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class DoubtIT extends RestartScenario {
    @Proves({"R37", "I5"})
    @Test
    void patchInDoubtIsRememberedWhenAPlanForLessCameBetween() throws Exception {
        rotation("db", List.of("db", "cache"), "{}");
        shop.deployment("api", Map.of(), "cache", "PASSWORD");
        shop.deployment("job", Map.of(), "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        adopted("cache", "PASSWORD=1");
        var before = baseline("cache");
        shop.changed("db", "r1.1", "PASSWORD=2");
        shop.changed("cache", "r1.1", "PASSWORD=2");
        completed(1);
        failsInDoubt("api");
        rememberInUse("cache", before);

        shop.changed("db", null, "PASSWORD=3");
        soon().until(() -> shop.generation("job") == 3);
        shop.changed("cache", null, "PASSWORD=1");
        soon().until(() -> shop.generation("api") == 3);
    }

    @Test
    void doubtIsOverOnceALaterPatchHasArrived() throws Exception {
        var template = shop.template("api", "cache", "PASSWORD");
        template.getSpec().getContainers().getFirst().getEnv().add(variable("db"));
        shop.deployment("api", 0, ASKS, template);
        adopted("db", "PASSWORD=1");
        adopted("cache", "PASSWORD=1");
        var before = baseline("cache");
        shop.changed("cache", null, "PASSWORD=2");
        completed(1);
        failsInDoubt("api");
        rememberInUse("cache", before);

        shop.changed("db", null, "PASSWORD=2");
        completed(2);
        assertThat(shop.generation("api")).isEqualTo(3);
        shop.changed("cache", null, "PASSWORD=1");
        completed(3);
        assertThat(shop.generation("api")).isEqualTo(4);
        shop.changed("cache", "r1.1", "PASSWORD=1");
        assertThat(completed(4).getLast().rolled()).isZero();
        assertThat(shop.generation("api")).isEqualTo(4);
    }

    @Test
    void patchThatIsRefusedIsNotInDoubt() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=1");
        var policy = nobodyChangesDeployments();
        shop.changed("db", "r1.1", "PASSWORD=2");
        soon().until(() -> !facts.of(shop.namespace, RestartFailed.class).isEmpty());
        assertThat(facts.of(shop.namespace, RestartFailed.class).getFirst().reason())
                .isEqualTo(RestartReason.PATCH_REFUSED);
        policy.forEach(it -> admin.resource(it).delete());
        soon().until(() -> !isRefused("api"));

        shop.changed("db", "r1.2", "PASSWORD=1");
        assertThat(completed(1))
                .singleElement()
                .extracting(RestartCompleted::rolled)
                .isEqualTo(0);
        assertThat(shop.generation("api")).isEqualTo(1);
        shop.changed("db", "r1.3", "PASSWORD=2");
        completed(2);
        assertThat(shop.generation("api")).isEqualTo(2);
    }

    /** The plan fails, and nobody knows whether its patch of the workload has arrived. */
    private void failsInDoubt(String workload) throws SQLException {
        change("update plan_item set state = 'PATCHING' where namespace = '%s' and name = '%s'"
                .formatted(shop.namespace, workload));
        change("update plan set state = 'FAILED' where namespace = '%s'".formatted(shop.namespace));
    }

    private EnvVar variable(String secret) {
        var variable = shop.template("any", secret, "PASSWORD")
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .getFirst();
        variable.setName("OTHER");
        return variable;
    }

    private List<HasMetadata> nobodyChangesDeployments() {
        List<HasMetadata> policy = Serialization.unmarshal("""
                apiVersion: v1
                kind: List
                items:
                - apiVersion: admissionregistration.k8s.io/v1
                  kind: ValidatingAdmissionPolicy
                  metadata: {name: SHOP}
                  spec:
                    matchConstraints:
                      resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}]
                    validations: [{expression: "false", reason: Forbidden}]
                - apiVersion: admissionregistration.k8s.io/v1
                  kind: ValidatingAdmissionPolicyBinding
                  metadata: {name: SHOP}
                  spec:
                    policyName: SHOP
                    validationActions: [Deny]
                    matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: SHOP}}}
                """.replace("SHOP", shop.namespace), KubernetesList.class)
                .getItems();
        policy.forEach(it -> admin.resource(it).create());
        soon().until(() -> isRefused("api"));
        return policy;
    }

    private boolean isRefused(String name) {
        try {
            Deployment unchanged = shop.current(name);
            admin.apps()
                    .deployments()
                    .resource(unchanged)
                    .dryRun()
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
            return false;
        } catch (KubernetesClientException e) {
            return e.getCode() == 403;
        }
    }
}
