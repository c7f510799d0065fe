package io.keyturn.contract.resource;

import java.time.Duration;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A length of time as the custom resource writes it: {@code 30d}, {@code 12h}, {@code 1h30m}. A day is 24 hours. */
public record Interval(Duration duration) {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,5})d)?(?:(\\d{1,5})h)?(?:(\\d{1,5})m)?(?:(\\d{1,6})s)?");

    public Interval {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("A length of time cannot be negative");
        }
    }

    @JsonCreator
    public static Interval parse(String text) {
        var parts = FORM.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a length of time; write it as 30d, 12h, 10m or 1h30m");
        }
        return new Interval(Duration.ofDays(number(parts.group(1)))
                .plusHours(number(parts.group(2)))
                .plusMinutes(number(parts.group(3)))
                .plusSeconds(number(parts.group(4))));
    }

    private static long number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    @Override
    @JsonValue
    public String toString() {
        var text = new StringBuilder();
        append(text, duration.toDaysPart(), 'd');
        append(text, duration.toHoursPart(), 'h');
        append(text, duration.toMinutesPart(), 'm');
        append(text, duration.toSecondsPart(), 's');
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long count, char unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }
}
