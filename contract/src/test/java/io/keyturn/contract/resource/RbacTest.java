package io.keyturn.contract.resource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
 * The rights the services ask users for: all of them, verb by verb, each with the code that uses it. That they are enough is shown
 * by the system tests, where every service runs with these rights and no others.
 */
class RbacTest {
    /**
     * One right.
     *
     * @param on group/resource, the core group's without a slash
     */
    private record Right(String on, String why, List<Use> uses) {
        String verbs() {
            return uses.stream()
                    .flatMap(use -> Stream.of(use.verbs().split(" ")))
                    .sorted()
                    .distinct()
                    .collect(Collectors.joining(" "));
        }
    }

    /**
     * What needs some verbs of a right.
     *
     * @param code the call in that class, without white space
     */
    private record Use(String verbs, String user, String code) {}

    private static final String INFORMER = "list watch";

    private static final Map<Service, List<Right>> RIGHTS = Map.of(
            Service.WATCHER,
            List.of(
                    right(
                            "secrets",
                            "what is true, by metadata; one GET if it changed",
                            use("get list", "watcher.observe.ObjectReader", "caseSecret->\"secrets\""),
                            use(INFORMER, "watcher.observe.MetadataWatch", "client.resources(Secret.class,")),
                    right(
                            "configmaps",
                            "the same",
                            use("get list", "watcher.observe.ObjectReader", "caseConfigMap->\"configmaps\""),
                            use(INFORMER, "watcher.observe.MetadataWatch", "client.resources(ConfigMap.class,")),
                    right(
                            "keyturn.io/secretrotations",
                            "what is due",
                            use(
                                    INFORMER,
                                    "watcher.rotation.RotationWatch",
                                    "(ScheduleStatus.API_VERSION,ScheduleStatus.KIND).inAnyNamespace().runnableInformer("),
                            // The client reads an object that it is told to patch by name.
                            use(
                                    "get",
                                    "watcher.rotation.ScheduleStatus",
                                    ".withName(metadata.getName()).subresource(\"status\").patch(")),
                    right(
                            "keyturn.io/secretrotations/status",
                            "when the next run is due",
                            use("patch", "watcher.rotation.ScheduleStatus", ".subresource(\"status\").patch(")),
                    right(
                            "coordination.k8s.io/leases",
                            "one of several leads",
                            use("get", "watcher.leader.ElectionLease", "lease.get(client)"),
                            use("create", "watcher.leader.ElectionLease", "lease.create(client,"),
                            use("patch", "watcher.leader.ElectionLease", "lease.update(client,"))),
            Service.ROTATION,
            List.of(
                    right(
                            "secrets",
                            "publishes; never lists, never deletes",
                            use(
                                    "get",
                                    "rotation.publication.kubernetes.SecretPublisher",
                                    "secrets().inNamespace(namespace).withName(name).get()"),
                            use(
                                    "create",
                                    "rotation.publication.kubernetes.SecretPublisher",
                                    "/api/v1/namespaces/%s/secrets?fieldManager=%s"),
                            use("patch", "rotation.publication.kubernetes.SecretPublisher", ".resource(read).patch(")),
                    right(
                            "keyturn.io/secretrotations",
                            "what is asked for",
                            use(
                                    INFORMER,
                                    "rotation.resource.Adopter",
                                    ".resources(SecretRotation.class).inAnyNamespace().runnableInformer("),
                            use(
                                    "get",
                                    "rotation.resource.SecretRotations",
                                    "(SecretRotation.class).inNamespace(ref.namespace()).withName(ref.name()).get()"),
                            // Kubernetes cannot grant finalizers alone.
                            use("patch", "rotation.resource.RunFinalizer", ".resource(read).patch(")),
                    right(
                            "keyturn.io/secretrotations/status",
                            "says how far it is",
                            use("patch", "rotation.resource.StatusWriter", ".subresource(\"status\").patch(")),
                    right(
                            "namespaces",
                            "whether one is being deleted, so that nothing waits in it for what does not come back",
                            use("get", "rotation.resource.Namespaces", ".namespaces().withName(name).get()")),
                    right(
                            "pods",
                            "who still holds the old value",
                            use("list", "rotation.consumer.ConsumerView", ".pods().inNamespace(namespace).list()")),
                    ofOwner(
                            "replicasets",
                            "to whom a pod belongs",
                            "replicaSets().inNamespace(namespace).withName(name)"),
                    ofOwner(
                            "deployments",
                            "who opted out of restarts",
                            "deployments().inNamespace(namespace).withName(up.getName())"),
                    ofOwner("statefulsets", "the same", "statefulSets().inNamespace(namespace).withName(name)"),
                    ofOwner("daemonsets", "the same", "daemonSets().inNamespace(namespace).withName(name)"),
                    right(
                            "services",
                            "which pods are the target itself",
                            use(
                                    "get",
                                    "rotation.consumer.Workloads",
                                    ".services().inNamespace(namespace).withName(target.name()).get()"))),
            Service.RESTART,
            List.of(
                    rolled("apps/deployments", "deployments()"),
                    rolled("apps/statefulsets", "statefulSets()"),
                    rolled("apps/daemonsets", "daemonSets()"),
                    right(
                            "services",
                            "which workload is the target itself",
                            use("get", "restart.workload.TargetLookup", "client.services()")),
                    right(
                            "keyturn.io/secretrotations",
                            "waves, limits, deadline",
                            use(
                                    INFORMER,
                                    "restart.workload.WorkloadInformers",
                                    "client.resources(SecretRotation.class).inAnyNamespace()")),
                    right(
                            "events",
                            "says on the workload why it rolled",
                            use(
                                    "create",
                                    "restart.workload.WorkloadEvents",
                                    ".events().inNamespace(workload.namespace()).resource(event).create()"))),
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
    void everyVerbOfARightIsUsedByTheCodeThatItIsAskedFor(Service service) {
        assertThat(rights(service)).allSatisfy(right -> {
            assertThat(right.why()).isNotBlank();
            assertThat(right.uses())
                    .allSatisfy(use ->
                            assertThat(code(service, use.user())).as(use.user()).contains(use.code()));
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

    private static Right right(String on, String why, Use... uses) {
        return new Right(on, why, List.of(uses));
    }

    private static Right ofOwner(String kind, String why, String read) {
        return right("apps/" + kind, why, use("get", "rotation.consumer.Workloads", "apps." + read + ".get()"));
    }

    private static Right rolled(String on, String kind) {
        return right(
                on,
                "who reads what, and rolls it",
                use(INFORMER, "restart.workload.WorkloadInformers", "client.apps()." + kind + ".inAnyNamespace()"),
                use("patch", "restart.workload.WorkloadPatcher", "apps." + kind + ".resource(it).patch("));
    }

    private static Use use(String verbs, String user, String code) {
        return new Use(verbs, user, code);
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

    /** The source of a class without comments and white space. */
    private static String code(Service service, String type) {
        var path = name(service) + "-service/src/main/java/io/keyturn/" + type.replace('.', '/') + ".java";
        return GeneratedFile.read(path)
                .replaceAll("(?s)/\\*.*?\\*/|//[^\\n]*", "")
                .replaceAll("\\s+", "");
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
