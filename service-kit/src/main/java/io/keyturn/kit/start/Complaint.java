package io.keyturn.kit.start;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A setting that cannot be used. Never holds the value: it may be a password in the wrong place.
 *
 * @param property its name, as in {@code keyturn.cluster}
 * @param wrong what is wrong, as in "is missing"
 * @param remedy what to do, as an order
 */
public record Complaint(String property, String wrong, String remedy) {
    static Complaint missing(String property, String remedy) {
        return new Complaint(property, "is missing", remedy);
    }

    /** The environment variable that sets the property. */
    static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    static String names(List<Complaint> complaints, boolean asVariables) {
        return complaints.stream()
                .map(Complaint::property)
                .map(property -> asVariables ? variable(property) : property)
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "%s (environment variable %s) %s: %s".formatted(property, variable(property), wrong, remedy);
    }
}
