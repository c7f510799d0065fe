package io.keyturn.contract.reference;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The value of an annotation that steers restarts: switches, and lists of names. Copied only for annotation names of the
 * allow-list, and only if it has this form: it is the one text that users write which travels in events as it is.
 */
public record AnnotationValue(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.,*/ -]*");
    private static final int MAX_CHARACTERS = 1024;

    @JsonCreator
    public AnnotationValue {
        Text.matching(FORM, MAX_CHARACTERS, "AnnotationValue", value);
    }

    /** Whether a text may be one. */
    public static boolean fits(String text) {
        return text.length() <= MAX_CHARACTERS && FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
