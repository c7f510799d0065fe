package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One restart plan. */
public record PlanId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]+");

    @JsonCreator
    public PlanId {
        Text.matching(FORM, 64, "PlanId", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
