package io.keyturn.rotation.credential;

import java.security.SecureRandom;
import java.util.HashSet;

import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SecretGeneratorTest {
    private final SecretGenerator generator = new SecretGenerator(new SecureRandom());

    @ParameterizedTest
    @CsvSource({"alphanumeric, [0-9A-Za-z]+", "hex, [0-9a-f]+", "base64url, [-_0-9A-Za-z]+"})
    void secretsHaveTheirLengthAndAlphabet(Alphabet alphabet, String form) {
        for (int length : new int[] {1, 20, 32, 128}) {
            assertThat(generate(alphabet, length)).hasSize(length).matches(form);
        }
    }

    /** The 99.99999 % quantiles of chi-square are 140, 64 and 143: a fair generator fails here once in ten million runs. */
    @ParameterizedTest
    @CsvSource({"alphanumeric, 62, 140", "hex, 16, 64", "base64url, 64, 143"})
    void everyCharacterIsEquallyLikely(Alphabet alphabet, int size, double limit) {
        int drawn = 200_000;
        var counts = new int[128];
        generate(alphabet, drawn).chars().forEach(c -> counts[c]++);
        double expected = (double) drawn / size;
        double chiSquare = 0;
        int seen = 0;
        for (int count : counts) {
            if (count > 0) {
                seen++;
                chiSquare += (count - expected) * (count - expected) / expected;
            }
        }
        assertThat(seen).isEqualTo(size);
        assertThat(chiSquare).isLessThan(limit);
    }

    @Test
    void noSecretComesTwice() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(seen.add(generate(Alphabet.alphanumeric, 22))).isTrue();
        }
    }

    @Test
    void entropyFollowsFromAlphabetAndLength() {
        assertThat(SecretGenerator.bits(Alphabet.hex, 32)).isCloseTo(128, within(1e-9));
        assertThat(SecretGenerator.bits(Alphabet.base64url, 22)).isCloseTo(132, within(1e-9));
        assertThat(SecretGenerator.bits(Alphabet.alphanumeric, 21)).isLessThan(128);
    }

    private String generate(Alphabet alphabet, int length) {
        try (var secret = generator.generate(alphabet, length)) {
            return secret.useString(text -> text);
        }
    }
}
