package io.keyturn.contract.topic;

import java.util.Locale;

import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.ObjectRef;

/**
 * The record key, also the {@code partitionkey} of the CloudEvent: {@code cluster/namespace/kind/name}. The kind is part of it
 * because a Secret and a ConfigMap may share a name and the topic is compacted.
 */
public final class RecordKey {
    private RecordKey() {}

    public static String of(ClusterName cluster, ObjectRef object) {
        return String.join(
                "/", cluster.value(), object.namespace(), object.kind().name().toLowerCase(Locale.ROOT), object.name());
    }
}
