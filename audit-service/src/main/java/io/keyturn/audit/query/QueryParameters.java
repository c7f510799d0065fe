package io.keyturn.audit.query;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.keyturn.audit.record.ChainHead;
import io.keyturn.audit.record.Hash;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.kit.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Reads query parameters. Whatever cannot be used is refused by name, with what would do; what was given is never echoed. */
final class QueryParameters {
    private static final Set<String> OF_EVENTS =
            new TreeSet<>(Set.of("namespace", "name", "rotation", "type", "from", "to", "order", "limit", "after"));
    private static final Set<String> OF_VERIFY = new TreeSet<>(Set.of("expectedSeq", "expectedHash"));
    private static final String TYPE_PREFIX = "io.keyturn.";
    private static final Pattern FOUR_DIGIT_YEAR = Pattern.compile("\\d{4}-");
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final Map<String, List<String>> given;

    private QueryParameters(Map<String, List<String>> given, Set<String> known) {
        this.given = given;
        for (var name : given.keySet()) {
            if (!known.contains(name)) {
                throw bad(printable(name), "No such parameter; there are " + String.join(", ", known));
            }
        }
    }

    /** The query of {@code GET /audit/events}. */
    static EventQuery events(Map<String, List<String>> given) {
        return new QueryParameters(given, OF_EVENTS).events();
    }

    /** The head that the caller of {@code GET /audit/verify} noted earlier; null if none is given. */
    static @Nullable ChainHead expectedHead(Map<String, List<String>> given) {
        return new QueryParameters(given, OF_VERIFY).expectedHead();
    }

    private EventQuery events() {
        var namespace = read("namespace", text -> ObjectRef.secret(text, "any").namespace());
        var name = read("name", text -> ObjectRef.secret("any", text).name());
        if (name != null && namespace == null) {
            throw bad("namespace", "A name needs its namespace: add namespace=");
        }
        var from = read("from", QueryParameters::time);
        var to = read("to", QueryParameters::time);
        if (from != null && to != null && !from.isBefore(to)) {
            throw bad("to", "Must be later than from; events at from belong, events at to do not");
        }
        var order = read("order", QueryParameters::order);
        var cursor = read("after", QueryParameters::cursor);
        if (cursor != null && order != null && cursor.order() != order) {
            throw bad("after", "This cursor belongs to a page in the other order; repeat order as it was");
        }
        var direction = cursor != null ? cursor.order() : order != null ? order : Order.NEWEST;
        var limit = read("limit", QueryParameters::limit);
        return new EventQuery(
                namespace,
                name,
                read("rotation", text -> new RotationId(text).value()),
                read("type", QueryParameters::type),
                from,
                to,
                direction,
                limit == null ? DEFAULT_LIMIT : limit,
                cursor == null ? null : cursor.seq());
    }

    private @Nullable ChainHead expectedHead() {
        var seq = read("expectedSeq", QueryParameters::seq);
        var hash = read("expectedHash", Hash::new);
        if (seq == null && hash == null) {
            return null;
        }
        if (seq == null) {
            throw bad("expectedSeq", "A hash needs the number of its entry: add expectedSeq=");
        }
        if (hash == null) {
            throw bad("expectedHash", "A number needs the hash of its entry: add expectedHash=");
        }
        return new ChainHead(seq, hash);
    }

    /** Null if absent. A reader refuses by IllegalArgumentException with a message that says what would do. */
    private <T> @Nullable T read(String name, Function<String, T> reader) {
        var values = given.getOrDefault(name, List.of());
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw bad(name, "Give it once");
        }
        try {
            return reader.apply(values.getFirst());
        } catch (IllegalArgumentException e) {
            var message = e.getMessage();
            throw bad(name, message == null ? "Cannot be used" : message);
        }
    }

    /** Years of four digits: an Instant reaches further than the database's timestamps. */
    private static Instant time(String text) {
        var example = "Must be a time in UTC such as 2026-01-31T08:00:00Z";
        if (!FOUR_DIGIT_YEAR.matcher(text).lookingAt()) {
            throw new IllegalArgumentException(example);
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(example, e);
        }
    }

    private static Order order(String text) {
        for (var order : Order.values()) {
            if (order.parameter().equals(text)) {
                return order;
            }
        }
        throw new IllegalArgumentException("Must be newest or oldest");
    }

    private static Cursor cursor(String text) {
        return Cursor.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("Must be the value of next of an earlier page, unchanged"));
    }

    private static Integer limit(String text) {
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
            throw new IllegalArgumentException("Must be a whole number from 1 to " + MAX_LIMIT);
        }
        return Integer.valueOf(text);
    }

    private static Long seq(String text) {
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) < 1) {
            throw new IllegalArgumentException("Must be the number of an entry, 1 or more");
        }
        return Long.valueOf(text);
    }

    private static String type(String text) {
        var full = text.startsWith(TYPE_PREFIX) ? text : TYPE_PREFIX + text;
        return EventType.named(full)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Must be an event type such as rotation.promoted.v1 or io.keyturn.rotation.promoted.v1"))
                .type();
    }

    private static String printable(String name) {
        return name.matches("[A-Za-z0-9_-]{1,32}") ? name : "(unprintable)";
    }

    private static ProblemException bad(String field, String detail) {
        return ProblemException.badParameter(field, detail);
    }
}
