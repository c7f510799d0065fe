package io.keyturn.restart.reference;

import java.util.List;

import io.keyturn.contract.reference.ObjectKind;
import org.jspecify.annotations.Nullable;

/**
 * The part of a pod template that can read Secrets and ConfigMaps.
 *
 * @param containers init containers included: their order does not matter here
 */
public record PodTemplate(List<Container> containers, List<Volume> volumes) {
    public PodTemplate {
        containers = List.copyOf(containers);
        volumes = List.copyOf(volumes);
    }

    /** What one container takes into its environment and mounts. */
    public record Container(List<Source> environment, List<Mount> mounts) {}

    /** One variable from a key, or (key absent) all keys as variables. */
    public record Source(
            ObjectKind kind, String name, @Nullable String key) {}

    /**
     * A volume in a container.
     *
     * @param subPath the one path of the volume that is mounted; null for all of it
     */
    public record Mount(String volume, @Nullable String subPath) {}

    /** A volume made of one or, if projected, several objects. */
    public record Volume(String name, List<Projection> projections) {}

    /** One object in a volume; no items means every key under its own name. */
    public record Projection(ObjectKind kind, String name, List<Item> items) {}

    /** A key and the path it appears at. */
    public record Item(String key, String path) {}
}
