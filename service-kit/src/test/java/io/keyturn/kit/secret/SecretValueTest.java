package io.keyturn.kit.secret;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretValueTest {
    private static final String TEXT = "p4ss-wörd-€-😀";

    @Test
    void textFormShowsNothing() {
        try (var secret = SecretValue.copyOf(TEXT)) {
            assertThat(secret).hasToString("SecretValue[hidden]");
            assertThat("%s".formatted(Map.of("password", secret))).doesNotContain("p4ss");
        }
    }

    @Test
    void jsonIsRefusedAtAnyDepthAndTheComplaintHidesTheValue() {
        try (var secret = SecretValue.copyOf(TEXT)) {
            var json = new ObjectMapper();
            assertThatThrownBy(() -> json.writeValueAsString(secret))
                    .isInstanceOfAny(JsonProcessingException.class, UnsupportedOperationException.class)
                    .hasMessageNotContaining("p4ss");
            assertThatThrownBy(() -> json.writeValueAsString(Map.of("a", Map.of("b", secret))))
                    .isInstanceOf(JsonProcessingException.class)
                    .hasMessageNotContaining("p4ss");
        }
    }

    @Test
    void javaSerialisationIsImpossible() {
        assertThat(Serializable.class.isAssignableFrom(SecretValue.class)).isFalse();
    }

    @Test
    void takenArraysAreZeroed() {
        var bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        var characters = TEXT.toCharArray();
        try (var one = SecretValue.takeOver(bytes);
                var other = SecretValue.takeOver(characters)) {
            assertThat(bytes).containsOnly(0);
            assertThat(characters).containsOnly('\0');
            assertThat(one.sameAs(other)).isTrue();
        }
    }

    @Test
    void lentArraysAreZeroedAlsoWhenTheReaderFails() {
        var bytes = new AtomicReference<byte[]>();
        var characters = new AtomicReference<char[]>();
        try (var secret = SecretValue.copyOf(TEXT)) {
            assertThat(secret.<String>use(lent -> {
                        bytes.set(lent);
                        return new String(lent, StandardCharsets.UTF_8);
                    }))
                    .isEqualTo(TEXT);
            assertThat(bytes.get()).containsOnly(0);

            assertThatThrownBy(() -> secret.useChars(lent -> {
                        characters.set(lent);
                        throw new IllegalArgumentException("reader");
                    }))
                    .hasMessage("reader");
            assertThat(characters.get()).hasSize(TEXT.length()).containsOnly('\0');
        }
    }

    @Test
    void everyFormGivesTheSameText() {
        try (var secret = SecretValue.copyOf(TEXT)) {
            assertThat(secret.<String>useString(text -> text)).isEqualTo(TEXT);
            assertThat(secret.<String>useChars(String::new)).isEqualTo(TEXT);
            assertThat(secret.length()).isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void aTextThatIsNotUnicodeIsRefusedRatherThanChanged() {
        assertThatThrownBy(() -> SecretValue.copyOf("half of a pair: \uD83D"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("half");
    }

    @Test
    void emptyIsAValue() {
        try (var empty = SecretValue.takeOver(new byte[0])) {
            assertThat(empty.length()).isZero();
            assertThat(empty.<Integer>use(lent -> lent.length)).isZero();
        }
    }

    @Test
    void aClosedValueCannotBeUsed() {
        var secret = SecretValue.copyOf(TEXT);
        secret.close();
        assertThatThrownBy(() -> secret.use(lent -> lent.length)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.useString(String::length)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(secret::copy).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.sameAs(secret)).isInstanceOf(IllegalStateException.class);
        assertThatCode(secret::close).doesNotThrowAnyException();
    }

    @Test
    void aCopyOutlivesItsOriginal() {
        var original = SecretValue.copyOf(TEXT);
        try (var copy = original.copy()) {
            original.close();
            assertThat(copy.<String>useString(text -> text)).isEqualTo(TEXT);
        }
    }

    @Test
    void comparesByContentOnlyThroughSameAs() {
        try (var one = SecretValue.copyOf("aaa");
                var same = SecretValue.copyOf("aaa");
                var other = SecretValue.copyOf("aab");
                var longer = SecretValue.copyOf("aaaa")) {
            assertThat(one.sameAs(same)).isTrue();
            assertThat(one.sameAs(other)).isFalse();
            assertThat(one.sameAs(longer)).isFalse();
            assertThat(one.equals(same)).isFalse();
        }
    }
}
