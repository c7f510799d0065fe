package io.keyturn.contract.resource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import io.keyturn.contract.topic.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rights the services ask users for: all of them, each with the class that uses it. That they are enough is shown by the system
 * tests, where every service runs with these rights and no others.
 */
class RbacTest {
    /**
     * One right.
     *
     * @param on group/resource, the core group's without a slash
     * @param user the class without which it would not be needed
     */
    private record Right(String on, String verbs, String user, String why) {}

    private static final Map<Service, List<Right>> RIGHTS = Map.of(
            Service.WATCHER,
            List.of(
                    right(
                            "secrets",
                            "get list watch",
                            "watcher.observe.ObjectReader",
                            "what is true, by metadata; one GET if it changed"),
                    right("configmaps", "get list watch", "watcher.observe.ObjectReader", "the same"),
                    right(
                            "keyturn.io/secretrotations",
                            "get list watch",
                            "watcher.rotation.RotationWatch",
                            "what is due"),
                    right(
                            "keyturn.io/secretrotations/status",
                            "patch",
                            "watcher.rotation.ScheduleStatus",
                            "when the next run is due"),
                    right(
                            "coordination.k8s.io/leases",
                            "create get patch",
                            "watcher.leader.Campaign",
                            "one of several leads")),
            Service.ROTATION,
            List.of(
                    right(
                            "secrets",
                            "create get patch",
                            "rotation.publication.kubernetes.SecretPublisher",
                            "publishes; never lists, never deletes"),
                    right(
                            "keyturn.io/secretrotations",
                            "get list watch",
                            "rotation.resource.Adopter",
                            "what is asked for"),
                    right(
                            "keyturn.io/secretrotations/status",
                            "patch",
                            "rotation.resource.StatusWriter",
                            "says how far it is"),
                    right("pods", "list", "rotation.consumer.ConsumerView", "who still holds the old value"),
                    right("apps/deployments", "get", "rotation.consumer.ConsumerView", "who opted out of restarts"),
                    right("apps/replicasets", "get", "rotation.consumer.ConsumerView", "to whom a pod belongs"),
                    right("apps/statefulsets", "get", "rotation.consumer.ConsumerView", "who opted out of restarts"),
                    right("apps/daemonsets", "get", "rotation.consumer.ConsumerView", "who opted out of restarts"),
                    right("services", "get", "rotation.consumer.ConsumerView", "which pods are the target itself")),
            Service.RESTART,
            List.of(
                    right(
                            "apps/deployments",
                            "get list patch watch",
                            "restart.workload.WorkloadPatcher",
                            "who reads what, and rolls it"),
                    right("apps/statefulsets", "get list patch watch", "restart.workload.WorkloadPatcher", "the same"),
                    right("apps/daemonsets", "get list patch watch", "restart.workload.WorkloadPatcher", "the same"),
                    right("services", "get", "restart.workload.TargetLookup", "which workload is the target itself"),
                    right(
                            "keyturn.io/secretrotations",
                            "get list watch",
                            "restart.workload.WorkloadInformers",
                            "waves, limits, deadline"),
                    right("events", "create", "restart.workload.WorkloadEvents", "says on the workload why it rolled")),
            Service.AUDIT,
            List.of());

    @ParameterizedTest
    @EnumSource
    void serviceHasExactlyTheRightsThatSomethingInItNeeds(Service service) {
        var expected = new TreeMap<String, String>();
        rights(service).forEach(right -> expected.put(right.on(), right.verbs()));

        assertThat(granted(service)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void whatNeedsARightIsThere(Service service) {
        assertThat(rights(service)).allSatisfy(right -> {
            assertThat(right.why()).isNotBlank();
            assertThat(GeneratedFile.read(source(service, right.user()))).contains("package io.keyturn.");
        });
    }

    /** restart-service learns from events what changed, and so has no use for the content of anything. */
    @Test
    void restartHasNoAccessToSecretsOrConfigMaps() {
        assertThat(granted(Service.RESTART)).doesNotContainKeys("secrets", "configmaps");
    }

    @ParameterizedTest
    @EnumSource
    void serviceHasItsAccountAndNoRightOnEverything(Service service) {
        assertThat(documents(service)).anySatisfy(document -> {
            assertThat(document.path("kind").asText()).isEqualTo("ServiceAccount");
            assertThat(document.at("/metadata/name").asText()).isEqualTo(service.principal());
            assertThat(document.at("/metadata/namespace").asText()).isEqualTo("keyturn-system");
        });
        assertThat(rules(service)).noneMatch(rule -> rule.toString().contains("\"*\""));
        assertThat(bindings(service)).allSatisfy(binding -> {
            assertThat(binding.get("subjects")).hasSize(1);
            assertThat(binding.at("/subjects/0/name").asText()).isEqualTo(service.principal());
        });
    }

    @Test
    void auditHasNoBinding() {
        assertThat(bindings(Service.AUDIT)).isEmpty();
    }

    private static Right right(String on, String verbs, String user, String why) {
        return new Right(on, verbs, user, why);
    }

    private static List<Right> rights(Service service) {
        return Objects.requireNonNull(RIGHTS.get(service));
    }

    /** group/resource with its verbs in order, over all rules. */
    private static Map<String, String> granted(Service service) {
        var granted = new TreeMap<String, TreeSet<String>>();
        rules(service).forEach(rule -> {
            for (var group : Yaml.strings(rule.get("apiGroups"))) {
                for (var resource : Yaml.strings(rule.get("resources"))) {
                    granted.computeIfAbsent(group.isEmpty() ? resource : group + "/" + resource, _ -> new TreeSet<>())
                            .addAll(Yaml.strings(rule.get("verbs")));
                }
            }
            assertThat(rule.has("nonResourceURLs") || rule.has("resourceNames")).isFalse();
        });
        var flat = new TreeMap<String, String>();
        granted.forEach((on, verbs) -> flat.put(on, String.join(" ", verbs)));
        return flat;
    }

    private static String source(Service service, String type) {
        return name(service) + "-service/src/main/java/io/keyturn/" + type.replace('.', '/') + ".java";
    }

    private static Stream<JsonNode> rules(Service service) {
        return documents(service).flatMap(document -> document.path("rules").valueStream());
    }

    private static Stream<JsonNode> bindings(Service service) {
        return documents(service).filter(document -> document.has("roleRef"));
    }

    private static Stream<JsonNode> documents(Service service) {
        return Yaml.documents(GeneratedFile.read("deploy/rbac/" + name(service) + ".yaml"));
    }

    private static String name(Service service) {
        return service.principal().substring("keyturn-".length());
    }
}
