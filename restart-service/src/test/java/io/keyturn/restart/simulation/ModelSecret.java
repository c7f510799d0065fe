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
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Service;
import org.jspecify.annotations.Nullable;

/** A Secret of one key; its values are numbers. */
final class ModelSecret {
    private final ObjectRef ref;
    private long version;
    private int value;
    private @Nullable PublicationId publication;

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

    @Nullable
    PublicationId publication() {
        return publication;
    }

    long version() {
        return version;
    }

    /** Somebody writes it by hand: what it was stamped with stays. */
    final void put(int newValue) {
        value = newValue;
        version++;
    }

    /** It is published anew. */
    void publish(int newValue, PublicationId stamp) {
        publication = stamp;
        put(newValue);
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
                publication,
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
