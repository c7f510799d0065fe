package io.keyturn.audit.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CopyTextTest {
    @Test
    void specialCharactersAreEscapedAsPostgresWantsThem() {
        var text = new CopyText()
                .add("a\tb")
                .add(null)
                .add("\\N")
                .add("x\ny\rz")
                .add(5)
                .endRow();

        assertThat(taken(text)).isEqualTo("a\\tb\t\\N\t\\\\N\tx\\ny\\rz\t5\n");
        assertThat(text.length()).isZero();
    }

    @Test
    void emptyTextIsNotNull() {
        assertThat(CopyText.parse(taken(new CopyText().add("").add(null).add("").endRow())))
                .containsExactly("", null, "");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        var random = new Random(1);
        var alphabet = new String[] {"\\", "N", "\t", "\n", "\r", "\b", "\f", "\u000b", "é", "\"", "x", "😀", "."};
        for (int round = 0; round < 5_000; round++) {
            List<@Nullable String> values = new ArrayList<>();
            var text = new CopyText();
            for (int i = 0; i <= random.nextInt(4); i++) {
                var value = random.nextInt(5) == 0 ? null : word(random, alphabet);
                values.add(value);
                text.add(value);
            }
            assertThat(CopyText.parse(taken(text.endRow()))).isEqualTo(values);
        }
    }

    @Test
    void rowsOfAnyLengthAreTakenOneAfterTheOther() {
        var text = new CopyText();
        var value = "\\".repeat(200_000);
        for (int round = 0; round < 3; round++) {
            assertThat(CopyText.parse(taken(text.add(value).add("x").endRow()))).containsExactly(value, "x");
        }
    }

    private static String taken(CopyText text) {
        return new String(text.take().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String word(Random random, String[] alphabet) {
        var word = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            word.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return word.toString();
    }
}
