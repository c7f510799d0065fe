package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A Kubernetes resourceVersion. Ordered only between versions of one uid in one incarnation of etcd. */
public record ResourceVersion(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[0-9]+");

    @JsonCreator
    public ResourceVersion {
        Text.matching(FORM, 20, "ResourceVersion", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
