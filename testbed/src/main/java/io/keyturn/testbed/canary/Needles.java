package io.keyturn.testbed.canary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Every form of every planted value, as strings in which each character is one byte, so that text and binary files are
 * searched alike. Base64 is found at any offset, also when the value is a part of what was encoded.
 */
final class Needles {

    private static final int SHORTEST = 8;

    private record Needle(String planted, String form, String bytes) {}

    private final List<Needle> needles = new ArrayList<>();

    /** For values by name; one of fewer than 8 characters would be found by chance and is refused. */
    Needles(Map<String, String> planted) {
        planted.forEach((name, value) -> {
            if (value.length() < SHORTEST) {
                throw new IllegalArgumentException("the value planted as " + name + " is too short to search for");
            }
            forms(value.getBytes(StandardCharsets.UTF_8))
                    .forEach((bytes, form) -> needles.add(new Needle(name, form, bytes)));
        });
    }

    /** The finds in some bytes; at most one for each value and form. */
    List<Find> in(String place, byte[] content) {
        return in(place, new String(content, StandardCharsets.ISO_8859_1));
    }

    /** Length of the longest form, in bytes: how far pieces of a stream must overlap. */
    int longest() {
        return needles.stream().mapToInt(needle -> needle.bytes.length()).max().orElse(0);
    }

    private List<Find> in(String place, String content) {
        return needles.stream()
                .filter(needle -> content.contains(needle.bytes))
                .map(needle -> new Find(place, needle.planted, needle.form))
                .distinct()
                .toList();
    }

    /** Bytes to search for → name of the form; a form that looks like an earlier one is left out. */
    private static Map<String, String> forms(byte[] value) {
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put(latin(value), "raw");
        forms.putIfAbsent(latin(json(value)), "JSON string");
        forms.putIfAbsent(
                latin(json(value))
                        .replace("<", "\\u003c")
                        .replace(">", "\\u003e")
                        .replace("&", "\\u0026"),
                "JSON string");
        for (String once : base64(value)) {
            forms.putIfAbsent(once, "base64");
            for (String twice : base64(once.getBytes(StandardCharsets.ISO_8859_1))) {
                forms.putIfAbsent(twice, "base64 of base64");
            }
        }
        String hex = HexFormat.of().formatHex(value);
        forms.putIfAbsent(hex, "hex");
        forms.putIfAbsent(hex.toUpperCase(Locale.ROOT), "hex");
        for (String safe : List.of("-_.~", "-_.*", "-_.!~*'()", "-_.~!$&'()*+,;=:@", "-_.~!$&'()*+,;=:@/?")) {
            for (UnaryOperator<String> space :
                    List.<UnaryOperator<String>>of(text -> text, text -> text.replace("%20", "+"))) {
                String encoded = space.apply(percent(value, safe));
                forms.putIfAbsent(encoded, "URL-encoded");
                forms.putIfAbsent(lowerEscapes(encoded), "URL-encoded");
            }
        }
        return forms;
    }

    /** The characters that the value alone decides, for each of the three offsets and both alphabets. */
    private static List<String> base64(byte[] value) {
        List<String> cores = new ArrayList<>();
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            for (int offset = 0; offset < 3; offset++) {
                byte[] shifted = new byte[offset + value.length];
                System.arraycopy(value, 0, shifted, offset, value.length);
                String encoded = encoder.withoutPadding().encodeToString(shifted);
                // A character stands for 6 bits: keep those of which every bit is the value's.
                int from = (offset * 8 + 5) / 6;
                int to = shifted.length * 8 / 6;
                cores.add(encoded.substring(from, to));
            }
        }
        return cores;
    }

    private static byte[] json(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8)
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String percent(byte[] value, String safe) {
        StringBuilder encoded = new StringBuilder();
        for (byte one : value) {
            char letter = (char) (one & 0xff);
            boolean plain = letter < 0x80 && (Character.isLetterOrDigit(letter) || safe.indexOf(letter) >= 0);
            encoded.append(plain ? String.valueOf(letter) : String.format(Locale.ROOT, "%%%02X", (int) letter));
        }
        return encoded.toString();
    }

    private static String lowerEscapes(String encoded) {
        return Pattern.compile("%[0-9A-F]{2}")
                .matcher(encoded)
                .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
