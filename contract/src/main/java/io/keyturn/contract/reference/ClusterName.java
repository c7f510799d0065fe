package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name an installation gives its cluster; first part of every record key. */
public record ClusterName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    @JsonCreator
    public ClusterName {
        Text.matching(FORM, 63, "ClusterName", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
