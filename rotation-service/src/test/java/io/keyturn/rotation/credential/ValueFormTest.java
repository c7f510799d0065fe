package io.keyturn.rotation.credential;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.credential.ValueForm.Words;
import org.junit.jupiter.api.Test;

import static io.keyturn.rotation.credential.CharacterClass.DIGITS;
import static io.keyturn.rotation.credential.CharacterClass.LOWER;
import static io.keyturn.rotation.credential.CharacterClass.SYMBOLS;
import static io.keyturn.rotation.credential.CharacterClass.UPPER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ValueFormTest {
    private static final String HEX = "0123456789abcdef";

    @Test
    void eachVisibleCharacterOfAsciiIsInOneClass() {
        for (char character = '!'; character <= '~'; character++) {
            int of = character;
            assertThat(Stream.of(CharacterClass.values()).filter(counted -> counted.has(of)))
                    .as(Character.toString(character))
                    .hasSize(1);
        }
        assertThat(SYMBOLS.characters()).hasSize(32).doesNotContainPattern("[ 0-9A-Za-z]");
    }

    @Test
    void withoutMinimumsEntropyFollowsFromAlphabetAndLength() {
        assertThat(new Characters(HEX, 32, Map.of()).bits()).isEqualTo(128);
        assertThat(new Characters(HEX, 31, Map.of()).bits()).isEqualTo(124);
        assertThat(new Characters("x", 128, Map.of()).bits()).isZero();
        assertThat(Characters.USUAL.bits()).isEqualTo(190);
    }

    @Test
    void minimumsTakeTheirShareOfTheEntropy() {
        assertThat(new Characters(HEX, 32, Map.of(DIGITS, 1)).count())
                .as("all but those of six letters")
                .isEqualTo(
                        BigInteger.TWO.pow(128).subtract(BigInteger.valueOf(6).pow(32)));
        assertThat(new Characters(HEX, 32, Map.of(DIGITS, 1)).bits())
                .as("just below 128 is not 128")
                .isEqualTo(127);
        assertThat(new Characters(HEX, 2, Map.of(DIGITS, 1, LOWER, 1)).count())
                .as("ten digits and six letters, in two orders")
                .isEqualTo(120);
        assertThat(new Characters(HEX, 32, Map.of(DIGITS, 0)).bits()).isEqualTo(128);
    }

    @Test
    void countIsThatOfAllTextsWrittenOut() {
        var random = new Random(11);
        int restricted = 0;
        for (int i = 0; i < 300; i++) {
            var allowed = some(random, "abXY12-_");
            int length = 1 + random.nextInt(4);
            Map<CharacterClass, Integer> minimum = new EnumMap<>(CharacterClass.class);
            for (var counted : List.of(LOWER, UPPER, DIGITS, SYMBOLS)) {
                if (random.nextInt(3) == 0) {
                    minimum.put(counted, random.nextInt(3));
                }
            }
            var all = texts(allowed, length);
            long fitting = all.stream().filter(text -> fits(text, minimum)).count();
            if (fitting == 0) {
                assertThatThrownBy(() -> new Characters(allowed, length, minimum))
                        .isInstanceOf(IllegalArgumentException.class);
            } else {
                var form = new Characters(allowed, length, minimum);
                assertThat(form.count()).as(form.toString()).isEqualTo(fitting);
                assertThat(form.draws()).as(form.toString()).isEqualTo(all.size() / fitting);
                assertThat(all)
                        .allSatisfy(text ->
                                assertThat(form.hasEnough(text.toCharArray())).isEqualTo(fits(text, minimum)));
                restricted += fitting < all.size() ? 1 : 0;
            }
        }
        assertThat(restricted).isGreaterThan(50);
    }

    @Test
    void wordsAreWorthSixteenBitsEach() {
        assertThat(new Words(1).count()).isEqualTo(16 * 4 * 16 * 4 * 16);
        assertThat(new Words(8).bits()).isEqualTo(128);
        assertThat(new Words(8).length()).isEqualTo("lusab-babad-gutih-tugad-mosuv-kihob-tanin-zupoj".length());
        assertThat(new Words(21).length()).isLessThanOrEqualTo(128);
        assertThat(new Words(22).length()).isGreaterThan(128);
    }

    @Test
    void formThatNoValueHasIsRefused() {
        var nothing = "there is no value of this form";
        assertThatThrownBy(() -> new Characters("", 3, Map.of())).hasMessage(nothing);
        assertThatThrownBy(() -> new Characters(HEX, 3, Map.of(UPPER, 1))).hasMessage(nothing);
        assertThatThrownBy(() -> new Characters(HEX, 3, Map.of(DIGITS, 2, LOWER, 2)))
                .hasMessage(nothing);
        assertThatThrownBy(() -> new Words(0)).hasMessage(nothing);
    }

    @Test
    void characterThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> new Characters("aba", 3, Map.of())).hasMessageContaining("twice as often");
    }

    private static String some(Random random, String characters) {
        var some = new StringBuilder();
        characters.chars().filter(_ -> random.nextBoolean()).limit(5).forEach(some::appendCodePoint);
        return some.isEmpty() ? "a" : some.toString();
    }

    private static List<String> texts(String allowed, int length) {
        var texts = List.of("");
        for (int i = 0; i < length; i++) {
            var longer = new ArrayList<String>();
            texts.forEach(text -> allowed.chars().forEach(c -> longer.add(text + (char) c)));
            texts = longer;
        }
        return texts;
    }

    /** By the words of the rule, not by those of the code. */
    private static boolean fits(String text, Map<CharacterClass, Integer> minimum) {
        return minimum.entrySet().stream().allMatch(least -> {
            var others = switch (least.getKey()) {
                case LOWER -> "[^a-z]";
                case UPPER -> "[^A-Z]";
                case DIGITS -> "[^0-9]";
                case SYMBOLS -> "[0-9A-Za-z]";
            };
            return text.replaceAll(others, "").length() >= least.getValue();
        });
    }
}
