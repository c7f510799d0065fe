package io.keyturn.contract.reference;

import java.util.regex.Pattern;

/** The one check all textual references share. Its complaint names the type, never the text: a malformed text may be anything. */
final class Text {
    private Text() {}

    static String matching(Pattern form, int maxLength, String what, String text) {
        if (text.length() > maxLength || !form.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    what + " must be 1.." + maxLength + " characters matching " + form.pattern());
        }
        return text;
    }
}
