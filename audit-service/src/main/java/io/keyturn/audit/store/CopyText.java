package io.keyturn.audit.store;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A row in PostgreSQL's COPY text format: values divided by tabs, ended by a newline, {@code \N} for null, backslash escapes
 * (PostgreSQL manual, COPY, "Text Format").
 */
final class CopyText {
    private final StringBuilder text = new StringBuilder();
    private boolean startOfRow = true;

    /** Adds a value to the present row. */
    CopyText add(@Nullable Object value) {
        if (!startOfRow) {
            text.append('\t');
        }
        startOfRow = false;
        if (value == null) {
            text.append("\\N");
        } else {
            escape(value.toString());
        }
        return this;
    }

    CopyText endRow() {
        text.append('\n');
        startOfRow = true;
        return this;
    }

    int length() {
        return text.length();
    }

    /** The rows so far; empty afterwards. */
    String take() {
        var taken = text.toString();
        text.setLength(0);
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

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
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
