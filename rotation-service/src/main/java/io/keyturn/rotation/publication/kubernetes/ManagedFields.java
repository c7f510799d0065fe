package io.keyturn.rotation.publication.kubernetes;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;

import static java.util.Objects.requireNonNullElse;

/** Who wrote a Secret, and when, by the API server's clock, as its managed fields tell. */
final class ManagedFields {
    private ManagedFields() {}

    /** The last write of this manager; without one, the creation. */
    static Instant lastWrite(Secret secret, String manager) {
        return last(secret, entry -> manager.equals(entry.getManager()));
    }

    /**
     * The last write of any of these keys, whoever made it; of one that was taken out, any write. A second later, so that who started in
     * that very second counts as older: nobody knows who was there before.
     */
    static Instant afterLastWrite(Secret secret, Collection<String> keys) {
        boolean complete = secret.getData() != null && secret.getData().keySet().containsAll(keys);
        return last(secret, entry -> !complete || keys.stream().anyMatch(key -> holds(entry, "data", key)))
                .plusSeconds(1);
    }

    /**
     * Whether the key is there with the value that this manager has given it: who changes it takes it over. But not who applies it on the
     * server's side in {@code stringData}, which becomes the data only after that was noted.
     */
    static boolean isOf(Secret secret, String manager, String key) {
        return entries(secret)
                        .filter(entry -> manager.equals(entry.getManager()))
                        .anyMatch(entry -> holds(entry, "data", key))
                && entries(secret).noneMatch(entry -> holds(entry, "stringData", key));
    }

    /** Whether one of these managers has given any of the keys the value that it has, or says so together with who has. */
    static boolean isOfAny(Secret secret, Predicate<String> managers, Collection<String> keys) {
        return entries(secret)
                .filter(entry -> managers.test(requireNonNullElse(entry.getManager(), "")))
                .anyMatch(entry ->
                        keys.stream().anyMatch(key -> holds(entry, "data", key) || holds(entry, "stringData", key)));
    }

    private static boolean holds(ManagedFieldsEntry entry, String field, String key) {
        var fields = entry.getFieldsV1();
        return fields != null
                && fields.getAdditionalProperties().get("f:" + field) instanceof Map<?, ?> data
                && data.containsKey("f:" + key);
    }

    private static Stream<ManagedFieldsEntry> entries(Secret secret) {
        return secret.getMetadata().getManagedFields().stream();
    }

    private static Instant last(Secret secret, Predicate<ManagedFieldsEntry> counts) {
        return Instant.parse(entries(secret)
                .filter(counts)
                .map(ManagedFieldsEntry::getTime)
                .max(String::compareTo)
                .orElseGet(() -> secret.getMetadata().getCreationTimestamp()));
    }
}
