package io.keyturn.watcher.statement;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import java.util.stream.Collectors;

import io.keyturn.contract.event.Event;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.event.SecretDeleted;
import io.keyturn.contract.event.SecretEvent;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.Fingerprint;

/** CloudEvents ids made from what is stated, so that a statement repeated after a crash is the same event to every inbox. */
public final class StatementId {
    private StatementId() {}

    /** Made of cluster, object, type, for a change also version and generations of the fingerprints: a uid is deleted once. */
    public static UUID of(ClusterName cluster, SecretEvent event) {
        return switch (event) {
            case SecretChanged changed ->
                named(
                        cluster,
                        event,
                        changed.uid().value(),
                        String.valueOf(changed.incarnation()),
                        changed.resourceVersion().value(),
                        generations(changed));
            case SecretDeleted deleted ->
                named(cluster, event, deleted.uid().value(), String.valueOf(deleted.incarnation()));
        };
    }

    /** A UUID (version 8, RFC 9562) from the first half of the SHA-256 of the event's type and cluster and the given parts. */
    public static UUID named(ClusterName cluster, Event event, String... parts) {
        var name = String.join(
                "\n", cluster.value(), EventType.of(event).type(), event.about().toString(), String.join("\n", parts));
        var hash = ByteBuffer.wrap(sha256(name));
        long high = (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static String generations(SecretChanged changed) {
        return changed.fingerprints().values().stream()
                .flatMap(java.util.List::stream)
                .map(Fingerprint::keyGeneration)
                .distinct()
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 must be available", e);
        }
    }
}
