package io.keyturn.audit.record;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of an entry that are hashed: its fields in fixed order, each as a netstring ({@code <length>:<UTF-8 bytes>,}), an
 * absent one as {@code -,}. No two entries share them, whatever their texts hold. Specified for third parties in
 * docs/reference/audit-chain.md; a change needs a new {@link #VERSION}.
 */
public final class Canonical {
    static final String VERSION = "keyturn-audit-1";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private Canonical() {}

    /** The bytes of an entry with this place in the chain; its hashes are not part of them. */
    public static byte[] bytes(long seq, Fact fact, Instant recordedAt) {
        var out = new ByteArrayOutputStream(512 + fact.payload().length());
        field(out, VERSION);
        field(out, String.valueOf(seq));
        field(out, fact.eventId().toString());
        field(out, fact.source());
        field(out, fact.type());
        field(out, fact.place().topic());
        field(out, String.valueOf(fact.place().partition()));
        field(out, String.valueOf(fact.place().offset()));
        field(out, fact.subject().kind());
        field(out, fact.subject().namespace());
        field(out, fact.subject().name());
        field(out, fact.rotation());
        field(out, time(fact.time()));
        field(out, time(recordedAt));
        field(out, fact.payload());
        return out.toByteArray();
    }

    /** UTC with exactly six digits of a second, as in {@code 2026-01-02T03:04:05.000006Z}. */
    public static String time(Instant time) {
        var utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
        if (utc.getYear() < 1 || utc.getYear() > 9999) {
            return TIME.format(time);
        }
        // Twice for each entry: by hand, for a formatter takes longer than the hash itself.
        var text = new StringBuilder(27);
        digits(text, utc.getYear(), 1_000).append('-');
        digits(text, utc.getMonthValue(), 10).append('-');
        digits(text, utc.getDayOfMonth(), 10).append('T');
        digits(text, utc.getHour(), 10).append(':');
        digits(text, utc.getMinute(), 10).append(':');
        digits(text, utc.getSecond(), 10).append('.');
        return digits(text, utc.getNano() / 1_000, 100_000).append('Z').toString();
    }

    /** With leading zeros; the unit is that of the first digit. */
    private static StringBuilder digits(StringBuilder text, int number, int unit) {
        for (int rest = number, place = unit; place > 0; rest %= place, place /= 10) {
            text.append((char) ('0' + rest / place));
        }
        return text;
    }

    private static void field(ByteArrayOutputStream out, @Nullable String text) {
        if (text == null) {
            out.write('-');
        } else {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(String.valueOf(bytes.length).getBytes(StandardCharsets.US_ASCII));
            out.write(':');
            out.writeBytes(bytes);
        }
        out.write(',');
    }
}
