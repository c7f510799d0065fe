package io.keyturn.watcher.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.watcher.statement.Provenance.OwnerReference;

/**
 * A Secret or ConfigMap with its values, for the moment in which fingerprints are made of them: {@link #close} zeroes the values.
 * It has no {@code toString} that would show any.
 */
final class KubernetesObject implements AutoCloseable {
    String namespace = "";
    String name = "";
    String uid = "";
    String resourceVersion = "";
    String type = "";
    final Map<String, String> labels = new HashMap<>();
    final Map<String, String> annotations = new HashMap<>();
    final List<OwnerReference> owners = new ArrayList<>();
    final Set<String> dataManagers = new HashSet<>();
    final Map<String, byte[]> values = new HashMap<>();

    @Override
    public void close() {
        values.values().forEach(value -> Arrays.fill(value, (byte) 0));
        values.clear();
    }
}
