package io.keyturn.restart.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.PodTemplate.Item;
import io.keyturn.restart.reference.PodTemplate.Projection;
import io.keyturn.restart.reference.PodTemplate.Volume;

/** What a pod template reads, by object. Reading a key twice is reading it once; reading all of it wins over reading some. */
public record References(SortedMap<ObjectRef, KeySelection> byObject) {
    private static final Comparator<ObjectRef> ORDER = Comparator.comparing(ObjectRef::kind)
            .thenComparing(ObjectRef::namespace)
            .thenComparing(ObjectRef::name);

    public References {
        var sorted = new TreeMap<ObjectRef, KeySelection>(ORDER);
        sorted.putAll(byObject);
        byObject = java.util.Collections.unmodifiableSortedMap(sorted);
    }

    /** Extracts them; a name that no object can have refers to nothing and is passed over. */
    public static References of(String namespace, PodTemplate template) {
        var found = new TreeMap<ObjectRef, KeySelection>(ORDER);
        for (var container : template.containers()) {
            for (var source : container.environment()) {
                var keys = source.key() == null ? Optional.of(KeySelection.whole()) : selection(source.key());
                keys.ifPresent(k -> add(found, source.kind(), namespace, source.name(), k));
            }
        }
        for (var volume : template.volumes()) {
            var subPaths = subPaths(template, volume);
            for (var projection : volume.projections()) {
                add(found, projection.kind(), namespace, projection.name(), keys(projection, subPaths));
            }
        }
        return new References(found);
    }

    public Set<ObjectRef> objects() {
        return byObject.keySet();
    }

    /** The sub-paths a volume is mounted by; empty if any container mounts all of it, or none does (kubelet still needs it). */
    private static List<String> subPaths(PodTemplate template, Volume volume) {
        var subPaths = new ArrayList<String>();
        for (var container : template.containers()) {
            for (var mount : container.mounts()) {
                if (!mount.volume().equals(volume.name())) {
                    continue;
                }
                if (mount.subPath() == null) {
                    return List.of();
                }
                subPaths.add(mount.subPath());
            }
        }
        return subPaths;
    }

    private static KeySelection keys(Projection projection, List<String> subPaths) {
        if (projection.items().isEmpty()) {
            return subPaths.isEmpty() ? KeySelection.whole() : some(subPaths.stream());
        }
        return some(projection.items().stream()
                .filter(item -> subPaths.isEmpty() || subPaths.stream().anyMatch(path -> lies(item, path)))
                .map(Item::key));
    }

    private static boolean lies(Item item, String subPath) {
        return item.path().equals(subPath) || item.path().startsWith(subPath + "/");
    }

    private static KeySelection some(Stream<String> keys) {
        return new KeySelection.Some(keys.flatMap(key -> keyName(key).stream()).collect(Collectors.toSet()));
    }

    private static Optional<KeySelection> selection(String key) {
        return keyName(key).map(name -> new KeySelection.Some(Set.of(name)));
    }

    private static Optional<KeyName> keyName(String key) {
        try {
            return Optional.of(new KeyName(key));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void add(
            SortedMap<ObjectRef, KeySelection> found,
            ObjectKind kind,
            String namespace,
            String name,
            KeySelection keys) {
        try {
            found.merge(new ObjectRef(kind, namespace, name), keys, KeySelection::and);
        } catch (IllegalArgumentException e) {
            // No object can bear this name: the API server leaves references unchecked.
        }
    }
}
