package io.keyturn.restart.baseline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * The value of the pod-template annotation: the first 32 hex digits of SHA-256 over the references of a workload and their
 * contents, sorted. It is built from keyed fingerprints, so it tells nothing about a value.
 */
public final class ContentHash {
    private static final int HEX_DIGITS = 32;

    private ContentHash() {}

    /**
     * Hashes what is in use.
     *
     * @param salt empty, or what makes a second roll on equal content a different value
     */
    public static String of(Collection<InUse> inUse, String salt) {
        var digest = sha256();
        inUse.stream()
                .sorted(Comparator.comparing(use -> use.object().toString()))
                .map(use -> use.object() + "\n" + use.keys().text() + "\n"
                        + use.content().text() + "\n\n")
                .forEach(text -> digest.update(text.getBytes(StandardCharsets.UTF_8)));
        digest.update(salt.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 must be available", e);
        }
    }
}
