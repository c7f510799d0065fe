package io.keyturn.kit.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.kit.secret.SecretValue;

/**
 * Makes fingerprints: HMAC-SHA256 (RFC 2104) under a key per namespace, derived with HKDF-SHA256 (RFC 5869) from each master in
 * force. Who holds one namespace's fingerprints can test no guess about another's. Thread-safe.
 */
public final class Fingerprinter {
    private static final int MIN_MASTER_BYTES = 32;

    private final List<Master> masters;
    private final ConcurrentHashMap<String, List<NamespaceKey>> keys = new ConcurrentHashMap<>();

    /** A master key and the generation it is known by (the version of its Vault path). */
    public record Master(int generation, SecretValue key) {}

    private record NamespaceKey(int generation, SecretKey key) {}

    /** @param masters newest last; more than one while the master rotates. Each at least 32 bytes. */
    public Fingerprinter(List<Master> masters) {
        if (masters.isEmpty() || masters.stream().anyMatch(m -> m.key().length() < MIN_MASTER_BYTES)) {
            throw new IllegalArgumentException("A fingerprint master must have at least 32 bytes");
        }
        this.masters = List.copyOf(masters);
    }

    /** One fingerprint per master in force. The given bytes are read, not kept. */
    public List<Fingerprint> of(String namespace, byte[] value) {
        return keys.computeIfAbsent(namespace, this::derive).stream()
                .map(k -> new Fingerprint(k.generation(), HexFormat.of().formatHex(hmac(k.key(), value))))
                .toList();
    }

    private List<NamespaceKey> derive(String namespace) {
        return masters.stream()
                .map(m -> new NamespaceKey(m.generation(), m.key().use(bytes -> namespaceKey(bytes, namespace))))
                .toList();
    }

    private static SecretKey namespaceKey(byte[] master, String namespace) {
        try {
            var info = ("keyturn/fingerprint/v1/" + namespace).getBytes(StandardCharsets.UTF_8);
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "HmacSHA256",
                            HKDFParameterSpec.ofExtract().addIKM(master).thenExpand(info, 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HKDF-SHA256 must be available", e);
        }
    }

    private static byte[] hmac(SecretKey key, byte[] value) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(value);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 must be available", e);
        }
    }

    /** The generations in force, as in {@code [3, 4]}. */
    @Override
    public String toString() {
        return masters.stream().map(m -> String.valueOf(m.generation())).collect(Collectors.joining(", ", "[", "]"));
    }
}
