package io.keyturn.testbed.canary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Every form of every planted value, as bytes, so that text and binary files are searched alike. Base64 is found at any offset,
 * also when the value is a part of what was encoded. What is searched is read once, however many values there are.
 */
final class Needles {

    private static final int SHORTEST = 8;

    private static final int BEGINNING = 4;

    private record Needle(String planted, String form, byte[] bytes) {
        boolean isAt(int from, byte[] content) {
            int to = from + bytes.length;
            return to <= content.length && Arrays.equals(content, from, to, bytes, 0, bytes.length);
        }
    }

    /** By their first bytes, as one number. */
    private final Map<Integer, List<Needle>> needles = new HashMap<>();
    /** Whether some needle begins with bytes of that hash: false nearly everywhere, and quickly told. */
    private final boolean[] possible = new boolean[1 << 16];

    private int longest;

    /** For values by name; one of fewer than 8 characters would be found by chance and is refused. */
    Needles(Map<String, String> planted) {
        planted.forEach((name, value) -> {
            if (value.length() < SHORTEST) {
                throw new IllegalArgumentException("the value planted as " + name + " is too short to search for");
            }
            forms(value.getBytes(StandardCharsets.UTF_8))
                    .forEach((bytes, form) -> add(new Needle(name, form, bytes.getBytes(StandardCharsets.ISO_8859_1))));
        });
    }

    private void add(Needle needle) {
        int beginning = 0;
        for (int i = 0; i < BEGINNING; i++) {
            beginning = shifted(beginning, needle.bytes[i]);
        }
        needles.computeIfAbsent(beginning, _ -> new ArrayList<>()).add(needle);
        possible[hash(beginning)] = true;
        longest = Math.max(longest, needle.bytes.length);
    }

    /** The finds in some bytes; at most one for each value and form. */
    List<Find> in(String place, byte[] content) {
        Set<Find> finds = new LinkedHashSet<>();
        int latest = 0;
        for (int i = 0; i < content.length; i++) {
            latest = shifted(latest, content[i]);
            int from = i + 1 - BEGINNING;
            if (from >= 0 && possible[hash(latest)]) {
                needles.getOrDefault(latest, List.of()).stream()
                        .filter(needle -> needle.isAt(from, content))
                        .forEach(needle -> finds.add(new Find(place, needle.planted, needle.form)));
            }
        }
        return List.copyOf(finds);
    }

    /** The latest four bytes. */
    private static int shifted(int latest, byte next) {
        return latest << Byte.SIZE | next & 0xff;
    }

    private static int hash(int beginning) {
        return beginning * 0x9E3779B1 >>> 16;
    }

    /** Length of the longest form, in bytes: how far pieces of a stream must overlap. */
    int longest() {
        return longest;
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
