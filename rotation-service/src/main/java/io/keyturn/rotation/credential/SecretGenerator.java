package io.keyturn.rotation.credential;

import java.util.random.RandomGenerator;

import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.kit.secret.SecretValue;

/** Makes new secrets: every character is drawn independently and without bias from its alphabet. */
public final class SecretGenerator {
    private static final String DIGITS = "0123456789";
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final RandomGenerator random;

    /** With chance from outside: for secrets a cryptographic generator, {@link java.security.SecureRandom}. */
    public SecretGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** A new secret of this many characters. */
    public SecretValue generate(Alphabet alphabet, int length) {
        var characters = characters(alphabet);
        var secret = new char[length];
        for (int i = 0; i < length; i++) {
            secret[i] = characters.charAt(random.nextInt(characters.length()));
        }
        return SecretValue.takeOver(secret);
    }

    /** Entropy of a secret in bits. */
    public static double bits(Alphabet alphabet, int length) {
        return length * Math.log(characters(alphabet).length()) / Math.log(2);
    }

    private static String characters(Alphabet alphabet) {
        return switch (alphabet) {
            case alphanumeric -> DIGITS + LOWER + UPPER;
            case hex -> DIGITS + "abcdef";
            case base64url -> DIGITS + LOWER + UPPER + "-_";
        };
    }
}
