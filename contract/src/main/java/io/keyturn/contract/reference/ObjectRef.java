package io.keyturn.contract.reference;

import java.util.regex.Pattern;

/** A namespaced Kubernetes object, by kind, namespace and name. */
public record ObjectRef(ObjectKind kind, String namespace, String name) {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.:]*[a-z0-9])?");

    public ObjectRef {
        Text.matching(NAMESPACE, 63, "namespace", namespace);
        Text.matching(NAME, 253, "name", name);
    }

    public static ObjectRef secret(String namespace, String name) {
        return new ObjectRef(ObjectKind.Secret, namespace, name);
    }

    public static ObjectRef configMap(String namespace, String name) {
        return new ObjectRef(ObjectKind.ConfigMap, namespace, name);
    }

    public static ObjectRef secretRotation(String namespace, String name) {
        return new ObjectRef(ObjectKind.SecretRotation, namespace, name);
    }

    @Override
    public String toString() {
        return kind + " " + namespace + "/" + name;
    }
}
