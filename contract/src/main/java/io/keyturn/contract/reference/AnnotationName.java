package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of an annotation of a Secret or ConfigMap that steers restarts: one of a closed list. */
public record AnnotationName(@JsonValue String value) implements Comparable<AnnotationName> {
    private static final Pattern FORM =
            Pattern.compile("(keyturn\\.io/restart|reloader\\.stakater\\.com/(match|ignore))");

    @JsonCreator
    public AnnotationName {
        Text.matching(FORM, 28, "AnnotationName", value);
    }

    /** Whether a text is one. */
    public static boolean fits(String text) {
        return FORM.matcher(text).matches();
    }

    /** Keys of JSON objects are written in this order. */
    @Override
    public int compareTo(AnnotationName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
