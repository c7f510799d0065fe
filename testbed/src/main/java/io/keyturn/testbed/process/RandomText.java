package io.keyturn.testbed.process;

import java.security.SecureRandom;

/** Random letters and digits, for the throw-away passwords of test servers. */
public final class RandomText {

    private static final String ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomText() {}

    /** That many characters. */
    public static String ofLength(int length) {
        return RANDOM.ints(length, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, i) -> text.append(ALPHABET.charAt(i)), StringBuilder::append)
                .toString();
    }
}
