package io.keyturn.rotation.publication.kubernetes;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;

/** When a Secret was written, by the API server's clock, as its managed fields tell. */
final class WriteTimes {
    private WriteTimes() {}

    /** The last write of this manager; without one, the creation. */
    static Instant of(Secret secret, String manager) {
        return last(secret, entry -> manager.equals(entry.getManager()));
    }

    /**
     * The last write of any of these keys, whoever made it; of one that was taken out, any write. A second later, so that who started in
     * that very second counts as older: nobody knows who was there before.
     */
    static Instant ofKeys(Secret secret, Collection<String> keys) {
        boolean complete = secret.getData() != null && secret.getData().keySet().containsAll(keys);
        return last(secret, entry -> !complete || holdsAny(entry, keys)).plusSeconds(1);
    }

    private static boolean holdsAny(ManagedFieldsEntry entry, Collection<String> keys) {
        var fields = entry.getFieldsV1();
        return fields != null
                && fields.getAdditionalProperties().get("f:data") instanceof Map<?, ?> data
                && keys.stream().anyMatch(key -> data.containsKey("f:" + key));
    }

    private static Instant last(Secret secret, Predicate<ManagedFieldsEntry> counts) {
        return Instant.parse(secret.getMetadata().getManagedFields().stream()
                .filter(counts)
                .map(ManagedFieldsEntry::getTime)
                .max(String::compareTo)
                .orElseGet(() -> secret.getMetadata().getCreationTimestamp()));
    }
}
