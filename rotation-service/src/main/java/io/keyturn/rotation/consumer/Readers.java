package io.keyturn.rotation.consumer;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;

/** Whether and how a pod reads a Secret: env, envFrom, volumes, projected volumes, in any container. */
final class Readers {
    private Readers() {}

    static boolean reads(PodSpec pod, Set<String> secrets) {
        return Stream.concat(volumes(pod), containers(pod).flatMap(Readers::environment))
                .anyMatch(secrets::contains);
    }

    /** Whether a container sees the Secret as files that change with it; those of a subPath never do. */
    static boolean mounts(PodSpec pod, String secret) {
        var changing = containers(pod)
                .flatMap(container -> container.getVolumeMounts().stream())
                .filter(mount -> mount.getSubPath() == null && mount.getSubPathExpr() == null)
                .map(VolumeMount::getName)
                .collect(Collectors.toSet());
        return pod.getVolumes().stream()
                .filter(volume -> changing.contains(volume.getName()))
                .flatMap(Readers::secrets)
                .anyMatch(secret::equals);
    }

    /** Whether the Secret is in a volume, whoever mounts it and how. */
    static boolean hasVolume(PodSpec pod, String secret) {
        return volumes(pod).anyMatch(secret::equals);
    }

    /** When the containers that see the Secret have started, as far as they run; one that prepares others may have ended. */
    static Stream<Instant> startsOf(Pod pod, String secret) {
        if (pod.getStatus() == null) {
            return Stream.empty();
        }
        var spec = pod.getSpec();
        var holding = spec.getVolumes().stream()
                .filter(volume -> secrets(volume).anyMatch(secret::equals))
                .map(Volume::getName)
                .collect(Collectors.toSet());
        var seeing = containers(spec)
                .filter(container -> environment(container).anyMatch(secret::equals)
                        || container.getVolumeMounts().stream()
                                .map(VolumeMount::getName)
                                .anyMatch(holding::contains))
                .map(Container::getName)
                .collect(Collectors.toSet());
        return Stream.concat(
                        starts(pod.getStatus().getInitContainerStatuses(), seeing, true),
                        starts(pod.getStatus().getContainerStatuses(), seeing, false))
                .map(Instant::parse);
    }

    private static Stream<String> starts(List<ContainerStatus> statuses, Set<String> names, boolean mayHaveEnded) {
        return statuses.stream()
                .filter(status -> names.contains(status.getName()))
                .map(ContainerStatus::getState)
                .filter(Objects::nonNull)
                .map(state -> {
                    var ended = mayHaveEnded ? state.getTerminated() : null;
                    return state.getRunning() != null
                            ? state.getRunning().getStartedAt()
                            : ended == null ? null : ended.getStartedAt();
                })
                .filter(Objects::nonNull);
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
        return pod.getVolumes().stream().flatMap(Readers::secrets);
    }

    private static Stream<String> secrets(Volume volume) {
        var own = volume.getSecret() == null
                ? Stream.<String>empty()
                : Stream.of(volume.getSecret().getSecretName());
        var projected = volume.getProjected() == null
                ? Stream.<String>empty()
                : volume.getProjected().getSources().stream()
                        .filter(s -> s.getSecret() != null)
                        .map(s -> s.getSecret().getName());
        return Stream.concat(own, projected).filter(Objects::nonNull);
    }
}
