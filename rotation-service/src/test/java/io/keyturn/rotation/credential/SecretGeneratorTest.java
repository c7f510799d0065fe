package io.keyturn.rotation.credential;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.credential.ValueForm.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.keyturn.rotation.credential.CharacterClass.DIGITS;
import static io.keyturn.rotation.credential.CharacterClass.LOWER;
import static io.keyturn.rotation.credential.CharacterClass.SYMBOLS;
import static io.keyturn.rotation.credential.CharacterClass.UPPER;
import static org.assertj.core.api.Assertions.assertThat;

/** What holds by chance is shown with the chance of a seed, so that it holds in every run; what holds always, with that of secrets. */
class SecretGeneratorTest {
    private static final Characters USUAL = Characters.USUAL;
    private static final Characters HEX = new Characters("0123456789abcdef", 32, Map.of());
    private static final Characters PRINTABLE = new Characters(USUAL.allowed() + SYMBOLS.characters(), 20, Map.of());

    private final SecretGenerator generator = new SecretGenerator(new SecureRandom());
    private final SecretGenerator seeded = new SecretGenerator(new SplittableRandom(20));

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 32, 128})
    void secretsHaveTheirLengthAndOnlyAllowedCharacters(int length) {
        for (var all : List.of(USUAL, HEX, PRINTABLE)) {
            var form = new Characters(all.allowed(), length, Map.of());
            var allowed = form.allowed().chars().boxed().toList();
            for (int i = 0; i < 100; i++) {
                assertThat(generate(generator, form)).hasSize(length);
                assertThat(generate(generator, form).chars().boxed()).isSubsetOf(allowed);
            }
        }
    }

    @Test
    void everySecretHasEnoughOfEachClass() {
        var form = new Characters(PRINTABLE.allowed(), 20, Map.of(LOWER, 4, UPPER, 4, DIGITS, 3, SYMBOLS, 2));
        for (int i = 0; i < 1000; i++) {
            var secret = generate(generator, form);
            assertThat(secret.replaceAll("[^a-z]", "")).hasSizeGreaterThanOrEqualTo(4);
            assertThat(secret.replaceAll("[^A-Z]", "")).hasSizeGreaterThanOrEqualTo(4);
            assertThat(secret.replaceAll("[^0-9]", "")).hasSizeGreaterThanOrEqualTo(3);
            assertThat(secret.replaceAll("[0-9A-Za-z]", "")).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void noSecretComesTwice() {
        for (var form : List.of(new Characters(USUAL.allowed(), 22, Map.of(DIGITS, 1)), new Words(8))) {
            var seen = new HashSet<String>();
            for (int i = 0; i < 10_000; i++) {
                assertThat(seen.add(generate(generator, form))).isTrue();
            }
        }
    }

    static Stream<Characters> alphabets() {
        return Stream.of(
                USUAL,
                HEX,
                PRINTABLE,
                new Characters(USUAL.allowed() + "-_", 43, Map.of()),
                new Characters("23456789abcdefghijkmnpqrstuvwxyz", 26, Map.of()));
    }

    @ParameterizedTest
    @MethodSource("alphabets")
    void everyCharacterIsEquallyLikelyAtEveryPosition(Characters form) {
        int kinds = form.allowed().length();
        var secrets = secrets(seeded, form, 10_000);

        assertThat(ChiSquare.of(secrets.stream().flatMapToInt(String::chars).boxed(), kinds))
                .matches(ChiSquare::isByChance);
        for (int i = 0; i < form.length(); i++) {
            int at = i;
            assertThat(ChiSquare.of(secrets.stream().map(secret -> secret.charAt(at)), kinds))
                    .as("position %d", at)
                    .matches(ChiSquare::isByChance);
        }
    }

    @Test
    void characterSaysNothingAboutTheNext() {
        var pairs = secrets(seeded, HEX, 5_000).stream()
                .flatMap(secret -> Stream.iterate(0, at -> at + 1)
                        .limit(secret.length() - 1L)
                        .map(at -> secret.substring(at, at + 2)));

        assertThat(ChiSquare.of(pairs, 16 * 16)).matches(ChiSquare::isByChance);
    }

    /** A value that is made to fit, one digit first for instance, would be likelier than others. */
    @Test
    void everyTextWithEnoughOfEachClassIsEquallyLikely() {
        var form = new Characters("abX12-", 4, Map.of(LOWER, 1, DIGITS, 2));
        var secrets = secrets(seeded, form, 50_000);

        assertThat(new HashSet<>(secrets)).hasSize(form.count().intValueExact());
        assertThat(ChiSquare.of(secrets.stream(), form.count().intValueExact())).matches(ChiSquare::isByChance);
    }

    @Test
    void wordsAreFiveLettersThatCanBeSpoken() {
        for (int i = 0; i < 1000; i++) {
            var word = "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]";
            assertThat(generate(generator, new Words(8))).matches(word + "(-" + word + "){7}");
        }
    }

    @Test
    void everyLetterOfAWordIsEquallyLikelyWhateverTheOneBefore() {
        var passphrases = secrets(seeded, new Words(8), 10_000);
        for (int i = 0; i < 48; i++) {
            int at = i;
            if (at % 6 < 5) {
                assertThat(ChiSquare.of(passphrases.stream().map(text -> text.charAt(at)), at % 6 % 2 == 0 ? 16 : 4))
                        .as("letter %d", at)
                        .matches(ChiSquare::isByChance);
            }
            if (at % 6 < 4) {
                assertThat(ChiSquare.of(passphrases.stream().map(text -> text.substring(at, at + 2)), 16 * 4))
                        .as("letters %d and %d", at, at + 1)
                        .matches(ChiSquare::isByChance);
            }
        }
    }

    /** What these tests are worth: they see a remainder of one random byte, which favours the first characters. */
    @Test
    void biasIsSeen() {
        RandomGenerator bytes = new SplittableRandom(20);
        var biased = new SecretGenerator(new RandomGenerator() {
            @Override
            public long nextLong() {
                return bytes.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return bytes.nextInt(256) % bound;
            }
        });

        assertThat(ChiSquare.of(
                        secrets(biased, USUAL, 20_000).stream().map(text -> text.charAt(0)),
                        USUAL.allowed().length()))
                .doesNotMatch(ChiSquare::isByChance);
        assertThat(ChiSquare.of(
                        secrets(biased, HEX, 20_000).stream().map(text -> text.charAt(0)),
                        HEX.allowed().length()))
                .as("256 is a multiple of 16")
                .matches(ChiSquare::isByChance);
    }

    private static List<String> secrets(SecretGenerator generator, ValueForm form, int number) {
        var secrets = new ArrayList<String>(number);
        for (int i = 0; i < number; i++) {
            secrets.add(generate(generator, form));
        }
        return secrets;
    }

    private static String generate(SecretGenerator generator, ValueForm form) {
        try (var secret = generator.generate(form)) {
            return secret.useString(text -> text);
        }
    }
}
