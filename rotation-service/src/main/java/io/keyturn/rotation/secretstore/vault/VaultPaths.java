package io.keyturn.rotation.secretstore.vault;

import java.util.List;
import java.util.regex.Pattern;

import io.keyturn.rotation.policy.Fault;
import org.jspecify.annotations.Nullable;

/** The vault branch of a place in a store, read: a path that begins with the namespace and has one way to be written. */
final class VaultPaths {
    /** As the schema of the custom resource has it. */
    static final Pattern PATH = Pattern.compile("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[A-Za-z0-9][-A-Za-z0-9_.]*)+$");

    private VaultPaths() {}

    static List<Fault> faults(String field, @Nullable String path, String namespace) {
        if (path == null || !PATH.matcher(path).matches() || path.contains("..")) {
            return List.of(new Fault(
                    field,
                    "write it as " + namespace
                            + "/<name>: segments of letters, digits, '-', '_' and '.', each beginning with"
                            + " a letter or digit, without .. or empty segments"));
        }
        return path.startsWith(namespace + "/")
                ? List.of()
                : List.of(new Fault(
                        field, "its first part must be the SecretRotation's own namespace: " + namespace + "/…"));
    }
}
