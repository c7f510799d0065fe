package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The value of an annotation that steers restarts: a switch. What else people write there is not copied. */
public record AnnotationValue(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("(true|false)");

    @JsonCreator
    public AnnotationValue {
        Text.matching(FORM, 5, "AnnotationValue", value);
    }

    /** Whether a text is one. */
    public static boolean fits(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
