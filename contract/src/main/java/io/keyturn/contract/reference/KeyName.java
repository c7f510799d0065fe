package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one key in a Secret or ConfigMap. */
public record KeyName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[-._a-zA-Z0-9]+");

    @JsonCreator
    public KeyName {
        Text.matching(FORM, 253, "KeyName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
