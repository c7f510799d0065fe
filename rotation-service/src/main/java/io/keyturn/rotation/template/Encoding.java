package io.keyturn.rotation.template;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/** How a placeholder's value is written into a template. */
enum Encoding {
    PLAIN,
    URI,
    BASE64;

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final byte[] HEX = utf8("0123456789ABCDEF");

    static Encoding named(@Nullable String modifier) {
        return switch (modifier) {
            case null -> PLAIN;
            case "uri" -> URI;
            case "base64" -> BASE64;
            default -> throw new IllegalArgumentException("modifier :" + modifier + " is unknown; use :uri or :base64");
        };
    }

    /** A new array; the given one is left alone. */
    byte[] encode(byte[] value) {
        return switch (this) {
            case PLAIN -> value.clone();
            case URI -> percentEncode(value);
            case BASE64 -> Base64.getEncoder().encode(value);
        };
    }

    byte[] decode(String text) {
        return switch (this) {
            case PLAIN -> utf8(text);
            case URI -> utf8(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
            case BASE64 -> Base64.getDecoder().decode(text);
        };
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] percentEncode(byte[] value) {
        var encoded = new byte[value.length * 3];
        int length = 0;
        for (byte b : value) {
            if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
                encoded[length++] = b;
            } else {
                encoded[length++] = '%';
                encoded[length++] = HEX[(b >> 4) & 0xf];
                encoded[length++] = HEX[b & 0xf];
            }
        }
        var exact = Arrays.copyOf(encoded, length);
        Arrays.fill(encoded, (byte) 0);
        return exact;
    }
}
