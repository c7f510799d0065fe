package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A Kubernetes object uid. */
public record Uid(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9-]+");

    @JsonCreator
    public Uid {
        Text.matching(FORM, 64, "Uid", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
