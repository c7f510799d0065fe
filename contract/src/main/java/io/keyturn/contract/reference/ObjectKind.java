package io.keyturn.contract.reference;

/** Kinds of Kubernetes objects that facts are about. */
public enum ObjectKind {
    Secret,
    ConfigMap,
    SecretRotation
}
