package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of an annotation that steers restarts. */
public record AnnotationName(@JsonValue String value) implements Comparable<AnnotationName> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9./_-]+");

    @JsonCreator
    public AnnotationName {
        Text.matching(FORM, 317, "AnnotationName", value);
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
