package io.keyturn.audit.query;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a page ended: the number of its last item and the direction. Opaque to callers, who hand it back as it is. */
record Cursor(Order order, long seq) {
    private static final Pattern FORM = Pattern.compile("(newest|oldest):([0-9]{1,18})");

    String text() {
        var plain = order.parameter() + ":" + seq;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty for what {@link #text} never wrote. */
    static Optional<Cursor> parse(String text) {
        try {
            var plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            var parts = FORM.matcher(plain);
            if (!parts.matches()) {
                return Optional.empty();
            }
            var order = Order.NEWEST.parameter().equals(parts.group(1)) ? Order.NEWEST : Order.OLDEST;
            return Optional.of(new Cursor(order, Long.parseLong(parts.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
