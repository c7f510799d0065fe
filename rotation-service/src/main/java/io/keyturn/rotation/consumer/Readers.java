package io.keyturn.rotation.consumer;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;

/** Whether a pod reads one of these Secrets at all: env, envFrom, volumes, projected volumes, in any container. */
final class Readers {
    private Readers() {}

    static boolean reads(PodSpec pod, Set<String> secrets) {
        return Stream.concat(volumes(pod), containers(pod).flatMap(Readers::environment))
                .anyMatch(secrets::contains);
    }

    private static Stream<Container> containers(PodSpec pod) {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
    }

    private static Stream<String> environment(Container container) {
        var single = container.getEnv().stream()
                .filter(e -> e.getValueFrom() != null && e.getValueFrom().getSecretKeyRef() != null)
                .map(e -> e.getValueFrom().getSecretKeyRef().getName());
        var whole = container.getEnvFrom().stream()
                .filter(e -> e.getSecretRef() != null)
                .map(e -> e.getSecretRef().getName());
        return Stream.concat(single, whole).filter(Objects::nonNull);
    }

    private static Stream<String> volumes(PodSpec pod) {
        return pod.getVolumes().stream()
                .flatMap(v -> {
                    var own = v.getSecret() == null
                            ? Stream.<String>empty()
                            : Stream.of(v.getSecret().getSecretName());
                    var projected = v.getProjected() == null
                            ? List.<String>of()
                            : v.getProjected().getSources().stream()
                                    .filter(s -> s.getSecret() != null)
                                    .map(s -> s.getSecret().getName())
                                    .toList();
                    return Stream.concat(own, projected.stream());
                })
                .filter(Objects::nonNull);
    }
}
