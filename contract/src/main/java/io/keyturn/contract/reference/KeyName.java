package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one key in a Secret or ConfigMap. */
public record KeyName(@JsonValue String value) implements Comparable<KeyName> {
    private static final Pattern FORM = Pattern.compile("[-._a-zA-Z0-9]+");

    @JsonCreator
    public KeyName {
        Text.matching(FORM, 253, "KeyName", value);
    }

    /** Keys of JSON objects are written in this order. */
    @Override
    public int compareTo(KeyName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
