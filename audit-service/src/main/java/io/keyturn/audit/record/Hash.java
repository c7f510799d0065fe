package io.keyturn.audit.record;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 hash, as 64 lower-case hex digits. */
public record Hash(String hex) {
    private static final int DIGITS = 64;

    /** What the first entry names as its predecessor's hash. */
    public static final Hash NONE = new Hash("0".repeat(DIGITS));

    public Hash {
        if (hex.length() != DIGITS || !isHex(hex)) {
            throw new IllegalArgumentException("A hash must be 64 lower-case hex digits");
        }
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** SHA-256 over this hash's 32 bytes followed by the given ones. */
    Hash followedBy(byte[] bytes) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(HexFormat.of().parseHex(hex));
            return new Hash(HexFormat.of().formatHex(sha256.digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
