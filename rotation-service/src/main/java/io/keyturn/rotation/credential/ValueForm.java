package io.keyturn.rotation.credential;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;

/** The form of generated values. All values of a form are equally likely, so their number says how hard one is to guess. */
public sealed interface ValueForm {
    /** How many values there are of this form. */
    BigInteger count();

    /** Entropy of a value in bits, rounded down. */
    default int bits() {
        return count().bitLength() - 1;
    }

    /**
     * Every text of these characters that has enough of each class.
     *
     * @param allowed the characters, each of them once
     * @param minimum how many characters of a class there are at least; without one that is not named
     */
    record Characters(String allowed, int length, Map<CharacterClass, Integer> minimum) implements ValueForm {
        /** What is made where nobody asks for anything else: letters and digits, safe in a URL. */
        public static final Characters USUAL = new Characters(
                CharacterClass.DIGITS.characters()
                        + CharacterClass.LOWER.characters()
                        + CharacterClass.UPPER.characters(),
                32,
                Map.of());

        /** Refuses what no value can be of: a generator would look for one for ever. */
        public Characters {
            minimum = Map.copyOf(minimum);
            if (allowed.chars().distinct().count() != allowed.length()) {
                throw new IllegalArgumentException("a character that is there twice would come twice as often");
            }
            if (count(allowed, length, minimum).signum() == 0) {
                throw new IllegalArgumentException("there is no value of this form");
            }
        }

        @Override
        public BigInteger count() {
            return count(allowed, length, minimum);
        }

        /** How many texts there are for each one that has enough of each class, rounded down: so often is one drawn, on average. */
        public BigInteger draws() {
            return BigInteger.valueOf(allowed.length()).pow(length).divide(count());
        }

        boolean hasEnough(char[] text) {
            for (var least : minimum.entrySet()) {
                int found = 0;
                for (char character : text) {
                    found += least.getKey().has(character) ? 1 : 0;
                }
                if (found < least.getValue()) {
                    return false;
                }
            }
            return true;
        }

        private static BigInteger count(String allowed, int length, Map<CharacterClass, Integer> minimum) {
            long free = allowed.chars()
                    .filter(character -> minimum.keySet().stream().noneMatch(counted -> counted.has(character)))
                    .count();
            var texts = new BigInteger[length + 1];
            Arrays.setAll(texts, n -> BigInteger.valueOf(free).pow(n));
            for (var least : minimum.entrySet()) {
                long size = allowed.chars().filter(least.getKey()::has).count();
                texts = withClass(texts, size, least.getValue());
            }
            return texts[length];
        }

        /** By length, how many texts there are when so many further characters may come in between, at least so often. */
        private static BigInteger[] withClass(BigInteger[] texts, long size, int least) {
            var with = new BigInteger[texts.length];
            for (int n = 0; n < texts.length; n++) {
                with[n] = BigInteger.ZERO;
                // Of n characters, k of the class: where they stand, and which they are.
                var ways = BigInteger.ONE;
                for (int k = 0; k <= n; k++) {
                    if (k >= least) {
                        with[n] = with[n].add(ways.multiply(texts[n - k]));
                    }
                    ways = ways.multiply(BigInteger.valueOf(size * (n - k))).divide(BigInteger.valueOf(k + 1L));
                }
            }
            return with;
        }
    }

    /**
     * A passphrase of made words, such as {@code lusab-babad}: consonant, vowel, consonant, vowel, consonant. They are the words of
     * Wilkerson's proquints, 16 bits each, and need no list: what is in a list, and who may ship it, is no question.
     */
    record Words(int number) implements ValueForm {
        static final String CONSONANTS = "bdfghjklmnprstvz";
        static final String VOWELS = "aiou";
        static final char BETWEEN = '-';
        /** A word and what is between it and the next. */
        static final int STEP = 6;

        public Words {
            if (number < 1) {
                throw new IllegalArgumentException("there is no value of this form");
            }
        }

        public int length() {
            return number * STEP - 1;
        }

        @Override
        public BigInteger count() {
            return BigInteger.valueOf(CONSONANTS.length())
                    .pow(3 * number)
                    .multiply(BigInteger.valueOf(VOWELS.length()).pow(2 * number));
        }
    }
}
