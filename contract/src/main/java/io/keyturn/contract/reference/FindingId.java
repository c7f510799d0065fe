package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One finding, stable while the problem lasts. */
public record FindingId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]+");

    @JsonCreator
    public FindingId {
        Text.matching(FORM, 64, "FindingId", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
