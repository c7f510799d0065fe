package io.keyturn.contract.reference;

import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A keyed hash of a value: HMAC-SHA256 in hex under a key of its namespace, preceded by the generation of the master the key
 * was derived from, as in {@code 3:9f86…}. Equal fingerprints mean equal values; nothing can be learned from an unequal pair.
 */
public record Fingerprint(int keyGeneration, String hmac) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public Fingerprint {
        if (keyGeneration < 1) {
            throw new IllegalArgumentException("Fingerprint key generation must be positive");
        }
        Text.matching(FORM, 64, "Fingerprint", hmac);
    }

    /** Reads the form that {@link #toString} writes. */
    @JsonCreator
    public static Fingerprint parse(String text) {
        var colon = text.indexOf(':');
        if (colon < 1 || colon > 9 || !text.chars().limit(colon).allMatch(Character::isDigit)) {
            throw new IllegalArgumentException("Fingerprint must be <generation>:<64 hex digits>");
        }
        return new Fingerprint(Integer.parseInt(text.substring(0, colon)), text.substring(colon + 1));
    }

    /** While the master rotates a value has one fingerprint per generation; any common one means unchanged. */
    public static boolean sameValue(List<Fingerprint> one, List<Fingerprint> other) {
        return one.stream().anyMatch(other::contains);
    }

    @Override
    @JsonValue
    public String toString() {
        return keyGeneration + ":" + hmac;
    }
}
