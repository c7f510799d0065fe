package io.keyturn.testbed.canary;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NeedlesTest {

    private static final String VALUE = "p@ss \"w/rd\" <&>?ÿ~+x\\";
    private final Needles needles = new Needles(Map.of("planted", VALUE));

    static Stream<Arguments> forms() {
        byte[] value = VALUE.getBytes(UTF_8);
        String base64 = Base64.getEncoder().encodeToString(value);
        String url64 = Base64.getUrlEncoder().withoutPadding().encodeToString(value);
        String encoded = URLEncoder.encode(VALUE, UTF_8);
        String quoted = VALUE.replace("\\", "\\\\").replace("\"", "\\\"");
        return Stream.of(
                Arguments.of("raw", VALUE),
                Arguments.of("JSON string", "{\"a\":\"" + quoted + "\"}"),
                Arguments.of(
                        "JSON string",
                        quoted.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")),
                Arguments.of("base64", base64),
                Arguments.of("base64", url64),
                Arguments.of("base64 of base64", encode(base64)),
                Arguments.of("base64 of base64", encode(url64)),
                Arguments.of("hex", HexFormat.of().formatHex(value)),
                Arguments.of("hex", HexFormat.of().withUpperCase().formatHex(value)),
                Arguments.of("URL-encoded", encoded),
                Arguments.of("URL-encoded", encoded.replace("+", "%20")),
                Arguments.of("URL-encoded", "p%40ss%20%22w%2frd%22%20%3c%26%3e%3f%c3%bf~%2bx%5c"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormIsFoundInTheMidstOfOtherText(String form, String written) {
        assertThat(needles.in("here", ("before " + written + " after").getBytes(UTF_8)))
                .contains(new Find("here", "planted", form));
    }

    @Test
    void base64IsFoundAtEveryOffsetAndDepthTwo() {
        for (int before = 0; before < 7; before++) {
            String whole = "u".repeat(before) + VALUE + ":and more";

            assertThat(needles.in("here", encode(whole).getBytes(UTF_8)))
                    .extracting(Find::form)
                    .containsExactly("base64");
            for (int outer = 0; outer < 4; outer++) {
                assertThat(needles.in(
                                "here",
                                encode("x".repeat(outer) + encode(whole)).getBytes(UTF_8)))
                        .extracting(Find::form)
                        .containsExactly("base64 of base64");
            }
        }
    }

    @Test
    void otherTextIsClean() {
        assertThat(needles.in("here", (VALUE.substring(1) + encode("another value")).getBytes(UTF_8)))
                .isEmpty();
    }

    @Test
    void valueTooShortToMeanAnythingIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> new Needles(Map.of("pin", "1234567")))
                .hasMessageContaining("pin")
                .hasMessageNotContaining("1234567");
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
