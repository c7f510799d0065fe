package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The value of an annotation that steers restarts; copied only for annotation names of the allow-list. */
public record AnnotationValue(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[^\\p{Cntrl}]*");

    @JsonCreator
    public AnnotationValue {
        Text.matching(FORM, 1024, "AnnotationValue", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
