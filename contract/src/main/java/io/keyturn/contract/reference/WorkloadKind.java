package io.keyturn.contract.reference;

/** Kinds of workloads that can be rolled. */
public enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet
}
