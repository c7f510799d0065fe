package io.keyturn.audit.store;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A row in PostgreSQL's COPY text format: values divided by tabs, ended by a newline, {@code \N} for null, backslash escapes
 * (PostgreSQL manual, COPY, "Text Format").
 */
final class CopyText {
    private byte[] text = new byte[1 << 16];
    private int length;
    private boolean startOfRow = true;

    /** Adds a value to the present row. */
    CopyText add(@Nullable Object value) {
        if (!startOfRow) {
            append((byte) '\t');
        }
        startOfRow = false;
        if (value == null) {
            append((byte) '\\');
            append((byte) 'N');
        } else {
            escape(value.toString().getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    CopyText endRow() {
        append((byte) '\n');
        startOfRow = true;
        return this;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    /** The rows so far, as UTF-8, to be read before more is added; empty afterwards. */
    ByteArrayInputStream take() {
        var taken = new ByteArrayInputStream(text, 0, length);
        length = 0;
        return taken;
    }

    /** The values of one row, with or without its newline. */
    static List<@Nullable String> parse(String row) {
        var end = row.endsWith("\n") ? row.length() - 1 : row.length();
        var values = new ArrayList<@Nullable String>();
        for (int start = 0; start <= end; ) {
            var tab = row.indexOf('\t', start);
            var stop = tab < 0 || tab > end ? end : tab;
            values.add(value(row, start, stop));
            start = stop + 1;
        }
        return values;
    }

    /** No byte of a longer UTF-8 sequence looks like one of these. */
    private void escape(byte[] value) {
        reserve(2 * value.length);
        for (var b : value) {
            if (b == '\\' || b >= '\t' && b <= '\r') {
                var letter = letter(b);
                if (letter != 0) {
                    text[length++] = '\\';
                    text[length++] = letter;
                    continue;
                }
            }
            text[length++] = b;
        }
    }

    private static byte letter(byte b) {
        return switch (b) {
            case '\\' -> '\\';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\r' -> 'r';
            default -> 0;
        };
    }

    private void append(byte b) {
        reserve(1);
        text[length++] = b;
    }

    private void reserve(int more) {
        if (text.length - length < more) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
        }
    }

    private static @Nullable String value(String row, int start, int stop) {
        if (stop - start == 2 && row.startsWith("\\N", start)) {
            return null;
        }
        var backslash = row.indexOf('\\', start);
        if (backslash < 0 || backslash >= stop) {
            return row.substring(start, stop);
        }
        var value = new StringBuilder(stop - start);
        for (int i = start; i < stop; i++) {
            var c = row.charAt(i);
            value.append(c == '\\' && i + 1 < stop ? unescaped(row.charAt(++i)) : c);
        }
        return value.toString();
    }

    private static char unescaped(char escaped) {
        return switch (escaped) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'v' -> '\u000b';
            default -> escaped;
        };
    }
}
