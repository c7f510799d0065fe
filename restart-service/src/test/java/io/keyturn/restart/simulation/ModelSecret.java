package io.keyturn.restart.simulation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.Origin;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Service;

/** A Secret of one key; its values are numbers. */
final class ModelSecret {
    private final ObjectRef ref;
    private long version;
    private int value;

    ModelSecret(String name, int value) {
        ref = ObjectRef.secret("shop", name);
        put(value);
    }

    ObjectRef ref() {
        return ref;
    }

    int value() {
        return value;
    }

    long version() {
        return version;
    }

    final void put(int newValue) {
        value = newValue;
        version++;
    }

    /** What the watcher says when it sees it as it is now. */
    EventEnvelope seen(UUID id, Instant at) {
        var changed = new SecretChanged(
                ref,
                new Uid("uid-" + ref.name()),
                new ResourceVersion(String.valueOf(version)),
                0,
                content(value),
                null,
                Origin.OTHER,
                null,
                Map.of(),
                at);
        return EventEnvelope.from(new ClusterName(Tables.CLUSTER), Service.WATCHER, id, at, null, changed);
    }

    /** What a content says. */
    static int value(Map<KeyName, List<Fingerprint>> content) {
        return Integer.parseInt(content.values().iterator().next().getFirst().hmac(), 16);
    }

    static Map<KeyName, List<Fingerprint>> content(int value) {
        return Map.of(new KeyName("password"), List.of(new Fingerprint(1, "%064x".formatted(value))));
    }
}
