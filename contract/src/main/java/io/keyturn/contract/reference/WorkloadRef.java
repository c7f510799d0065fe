package io.keyturn.contract.reference;

import java.util.Locale;
import java.util.regex.Pattern;

/** A workload by kind, namespace, name and uid: a workload that was deleted and made again is another one. */
public record WorkloadRef(WorkloadKind kind, String namespace, String name, Uid uid) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    public WorkloadRef {
        Text.matching(NAME, 63, "namespace", namespace);
        Text.matching(NAME, 253, "name", name);
    }

    /** As {@code spec.consumers.waves} names it: {@code deployment/orders-api}. */
    public String shortName() {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + name;
    }

    @Override
    public String toString() {
        return kind + " " + namespace + "/" + name;
    }
}
