package io.keyturn.restart.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.restart.reference.PodTemplate;
import io.keyturn.restart.reference.PodTemplate.Item;
import io.keyturn.restart.reference.PodTemplate.Mount;
import io.keyturn.restart.reference.PodTemplate.Projection;
import io.keyturn.restart.reference.PodTemplate.Source;
import org.jspecify.annotations.Nullable;

/** A pod spec of the Kubernetes API as the pure core sees it. */
final class TemplateReader {
    private TemplateReader() {}

    static PodTemplate read(PodSpec spec) {
        var containers = Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .map(TemplateReader::container)
                .toList();
        return new PodTemplate(
                containers,
                spec.getVolumes().stream()
                        .map(volume -> new PodTemplate.Volume(volume.getName(), projections(volume)))
                        .toList());
    }

    private static PodTemplate.Container container(Container container) {
        var environment = new ArrayList<Source>();
        container.getEnv().forEach(variable -> addVariable(environment, variable));
        container.getEnvFrom().forEach(source -> addAll(environment, source));
        return new PodTemplate.Container(
                environment,
                container.getVolumeMounts().stream().map(TemplateReader::mount).toList());
    }

    private static void addVariable(List<Source> environment, EnvVar variable) {
        var from = variable.getValueFrom();
        if (from == null) {
            return;
        }
        var secret = from.getSecretKeyRef();
        if (secret != null && secret.getName() != null) {
            environment.add(new Source(ObjectKind.Secret, secret.getName(), secret.getKey()));
        }
        var configMap = from.getConfigMapKeyRef();
        if (configMap != null && configMap.getName() != null) {
            environment.add(new Source(ObjectKind.ConfigMap, configMap.getName(), configMap.getKey()));
        }
    }

    private static void addAll(List<Source> environment, EnvFromSource source) {
        if (source.getSecretRef() != null && source.getSecretRef().getName() != null) {
            environment.add(new Source(ObjectKind.Secret, source.getSecretRef().getName(), null));
        }
        if (source.getConfigMapRef() != null && source.getConfigMapRef().getName() != null) {
            environment.add(
                    new Source(ObjectKind.ConfigMap, source.getConfigMapRef().getName(), null));
        }
    }

    /** A sub-path made from variables can be any: it counts as a mount of the whole volume. */
    private static Mount mount(VolumeMount mount) {
        var subPath = mount.getSubPath();
        return new Mount(mount.getName(), subPath == null || subPath.isEmpty() ? null : subPath);
    }

    private static List<Projection> projections(Volume volume) {
        var projections = new ArrayList<Projection>();
        if (volume.getSecret() != null) {
            add(
                    projections,
                    ObjectKind.Secret,
                    volume.getSecret().getSecretName(),
                    volume.getSecret().getItems());
        }
        if (volume.getConfigMap() != null) {
            add(
                    projections,
                    ObjectKind.ConfigMap,
                    volume.getConfigMap().getName(),
                    volume.getConfigMap().getItems());
        }
        if (volume.getProjected() != null) {
            for (var source : volume.getProjected().getSources()) {
                if (source.getSecret() != null) {
                    add(
                            projections,
                            ObjectKind.Secret,
                            source.getSecret().getName(),
                            source.getSecret().getItems());
                }
                if (source.getConfigMap() != null) {
                    add(
                            projections,
                            ObjectKind.ConfigMap,
                            source.getConfigMap().getName(),
                            source.getConfigMap().getItems());
                }
            }
        }
        return projections;
    }

    private static void add(
            List<Projection> projections, ObjectKind kind, @Nullable String name, @Nullable List<KeyToPath> items) {
        if (name != null) {
            var some = items == null ? List.<KeyToPath>of() : items;
            projections.add(new Projection(
                    kind,
                    name,
                    some.stream()
                            .map(item -> new Item(item.getKey(), item.getPath()))
                            .toList()));
        }
    }
}
