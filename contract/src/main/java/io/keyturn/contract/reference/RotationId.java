package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One run of the rotation state machine. Equals the id of the request that caused it, so a repeated request is the same run. */
public record RotationId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]+");

    @JsonCreator
    public RotationId {
        Text.matching(FORM, 40, "RotationId", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
