package io.keyturn.testbed.pod;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import org.jspecify.annotations.Nullable;

/**
 * A pod's volumes that come from Secrets and ConfigMaps, also projected ones: read when the pod starts, read again by
 * {@link #refresh}. What is mounted by {@code subPath} stays as it was when its container started.
 */
final class Volumes {
    private final PodSpec pod;
    private final ConfigSource source;
    private final Map<String, Map<String, byte[]>> contents = new ConcurrentHashMap<>();

    Volumes(PodSpec pod, ConfigSource source) {
        this.pod = pod;
        this.source = source;
    }

    /** Reads every volume; fails if one that is not optional cannot be read. */
    void load() throws MissingReference {
        for (var volume : orEmpty(pod.getVolumes())) {
            contents.put(volume.getName(), read(volume));
        }
    }

    /** Reads again what can be read; a volume whose source has gone keeps its files, as with a kubelet. */
    void refresh() {
        for (var volume : orEmpty(pod.getVolumes())) {
            try {
                contents.put(volume.getName(), read(volume));
            } catch (MissingReference e) {
                continue;
            }
        }
    }

    boolean isEmpty() {
        return orEmpty(pod.getVolumes()).isEmpty();
    }

    /** What the container sees from now on. */
    View mountedBy(Container container) {
        var folders = new LinkedHashMap<String, String>();
        var frozen = new HashMap<String, byte[]>();
        for (var mount : orEmpty(container.getVolumeMounts())) {
            var path = mount.getMountPath().replaceAll("/+$", "");
            if (mount.getSubPath() == null || mount.getSubPath().isEmpty()) {
                folders.put(path, mount.getName());
                continue;
            }
            var files = contents.getOrDefault(mount.getName(), Map.of());
            files.forEach((name, bytes) -> {
                if (name.equals(mount.getSubPath())) {
                    frozen.put(path, bytes);
                } else if (name.startsWith(mount.getSubPath() + "/")) {
                    frozen.put(path + name.substring(mount.getSubPath().length()), bytes);
                }
            });
        }
        return new View(folders, frozen);
    }

    /** The files one container sees, by absolute path. */
    final class View {
        private final Map<String, String> folders;
        private final Map<String, byte[]> frozen;

        private View(Map<String, String> folders, Map<String, byte[]> frozen) {
            this.folders = folders;
            this.frozen = frozen;
        }

        Optional<byte[]> read(String path) {
            return Optional.ofNullable(all().get(path));
        }

        /** The path of a file with that name, wherever it is mounted. */
        Optional<String> find(String fileName) {
            return all().keySet().stream()
                    .filter(path -> path.endsWith("/" + fileName))
                    .findFirst();
        }

        private Map<String, byte[]> all() {
            var files = new HashMap<>(frozen);
            folders.forEach((folder, volume) -> contents.getOrDefault(volume, Map.of())
                    .forEach((name, bytes) -> files.put(folder + "/" + name, bytes)));
            return files;
        }
    }

    private Map<String, byte[]> read(Volume volume) throws MissingReference {
        if (volume.getSecret() != null) {
            var from = volume.getSecret();
            var name = from.getSecretName();
            return files("secret", name, from.getItems(), from.getOptional(), source.secret(name));
        }
        if (volume.getConfigMap() != null) {
            var from = volume.getConfigMap();
            return files(
                    "configmap", from.getName(), from.getItems(), from.getOptional(), source.configMap(from.getName()));
        }
        var files = new HashMap<String, byte[]>();
        if (volume.getProjected() != null) {
            for (var part : orEmpty(volume.getProjected().getSources())) {
                if (part.getSecret() != null) {
                    var from = part.getSecret();
                    var data = source.secret(from.getName());
                    files.putAll(files("secret", from.getName(), from.getItems(), from.getOptional(), data));
                } else if (part.getConfigMap() != null) {
                    var from = part.getConfigMap();
                    var data = source.configMap(from.getName());
                    files.putAll(files("configmap", from.getName(), from.getItems(), from.getOptional(), data));
                }
            }
        }
        return files;
    }

    private static Map<String, byte[]> files(
            String kind,
            String name,
            @Nullable List<KeyToPath> items,
            @Nullable Boolean optional,
            Optional<Map<String, byte[]>> data)
            throws MissingReference {
        boolean mayMiss = Boolean.TRUE.equals(optional);
        if (data.isEmpty()) {
            if (mayMiss) {
                return Map.of();
            }
            throw new MissingReference(kind, name);
        }
        if (orEmpty(items).isEmpty()) {
            return data.get();
        }
        var files = new HashMap<String, byte[]>();
        for (var item : orEmpty(items)) {
            var bytes = data.get().get(item.getKey());
            if (bytes != null) {
                files.put(item.getPath(), bytes);
            } else if (!mayMiss) {
                throw new MissingReference(kind, name, item.getKey());
            }
        }
        return files;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
