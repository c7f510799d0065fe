package io.keyturn.rotation.consumer;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.keyturn.contract.resource.Steering;
import io.keyturn.contract.resource.TargetService;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/** What a pod alone does not tell: whether it is the target itself, and whether its workload opted out of restarts. */
@ApplicationScoped
class Workloads {
    private final KubernetesClient kubernetes;

    Workloads(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** Pods behind the target's Service check the credential, so they are no consumers of it. Nobody, if it is no Service. */
    Predicate<Pod> behind(@Nullable TargetService target, String namespace) {
        if (target == null || !target.namespace().equals(namespace)) {
            return _ -> false;
        }
        var service = kubernetes
                .services()
                .inNamespace(namespace)
                .withName(target.name())
                .get();
        var selector = service == null ? null : service.getSpec().getSelector();
        return selector == null || selector.isEmpty()
                ? _ -> false
                : pod -> pod.getMetadata().getLabels() != null
                        && pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }

    /** Whether the workload that made the pod says no to restarts; the pod carries what the template of that workload said. */
    boolean optedOut(Pod pod) {
        var own = workload(pod).map(Workloads::annotations).orElseGet(Map::of);
        return Steering.optsOut(own, annotations(pod));
    }

    /** One pod of each controller, and those without: what is asked about a workload is the same for all of its pods. */
    static Collection<Pod> onePodEach(List<Pod> pods) {
        var each = new LinkedHashMap<String, Pod>();
        pods.forEach(pod -> each.putIfAbsent(
                controller(pod)
                        .map(OwnerReference::getUid)
                        .orElseGet(() -> pod.getMetadata().getUid()),
                pod));
        return each.values();
    }

    /** Kind and name of the workload that made the pod, such as {@code deployment/orders-api}; of the pod if there is none. */
    String nameBehind(Pod pod) {
        return workload(pod)
                .<HasMetadata>map(workload -> workload)
                .map(Workloads::name)
                .orElseGet(() -> name(pod));
    }

    private static String name(HasMetadata object) {
        return object.getKind().toLowerCase(Locale.ROOT) + "/"
                + object.getMetadata().getName();
    }

    private static Map<String, String> annotations(HasMetadata object) {
        return requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
    }

    private Optional<? extends HasMetadata> workload(Pod pod) {
        var namespace = pod.getMetadata().getNamespace();
        return controller(pod).flatMap(owner -> {
            var name = owner.getName();
            var apps = kubernetes.apps();
            return switch (owner.getKind()) {
                case "ReplicaSet" ->
                    Optional.ofNullable(apps.replicaSets()
                                    .inNamespace(namespace)
                                    .withName(name)
                                    .get())
                            .flatMap(Workloads::controller)
                            .map(up -> apps.deployments()
                                    .inNamespace(namespace)
                                    .withName(up.getName())
                                    .get());
                case "StatefulSet" ->
                    Optional.ofNullable(apps.statefulSets()
                            .inNamespace(namespace)
                            .withName(name)
                            .get());
                case "DaemonSet" ->
                    Optional.ofNullable(apps.daemonSets()
                            .inNamespace(namespace)
                            .withName(name)
                            .get());
                default -> Optional.empty();
            };
        });
    }

    private static Optional<OwnerReference> controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }
}
