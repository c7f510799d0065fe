package io.keyturn.rotation.policy;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.keyturn.contract.resource.SecretRotationSpec.Alphabet;
import io.keyturn.contract.resource.SecretRotationSpec.Generate;
import io.keyturn.contract.resource.SecretRotationSpec.Minimum;
import io.keyturn.rotation.credential.CharacterClass;
import io.keyturn.rotation.credential.ValueForm;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.credential.ValueForm.Words;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/** Reads the form of new values. What it lets through is strong, and found after few draws. */
final class FormReader {
    private static final String FIELD = "spec.generate";
    private static final int MIN_BITS = 128;
    private static final int LONGEST = 128;
    /** Fewer would be weak. */
    private static final int FEWEST_WORDS = 8;
    /** More would be too long. */
    private static final int MOST_WORDS = 21;
    /** A thousand draws of 128 characters take less than a second. */
    private static final BigInteger MOST_DRAWS = BigInteger.valueOf(1000);

    private FormReader() {}

    /** Null if there are faults, which are added to the others. */
    static @Nullable ValueForm read(@Nullable Generate asked, List<Fault> faults) {
        if (asked == null) {
            return Characters.USUAL;
        }
        int before = faults.size();
        var form = asked.words() == null ? characters(asked, faults) : words(asked, asked.words(), faults);
        return faults.size() == before ? form : null;
    }

    private static @Nullable ValueForm words(Generate asked, int words, List<Fault> faults) {
        if (asked.length() != null || asked.alphabet() != null || asked.exclude() != null || asked.minimum() != null) {
            faults.add(new Fault(
                    FIELD + ".words", "words have a form of their own: remove length, alphabet, exclude and minimum"));
        }
        if (words < FEWEST_WORDS || words > MOST_WORDS) {
            faults.add(new Fault(FIELD + ".words", "must be " + FEWEST_WORDS + " to " + MOST_WORDS));
            return null;
        }
        return new Words(words);
    }

    private static @Nullable ValueForm characters(Generate asked, List<Fault> faults) {
        int length = requireNonNullElse(asked.length(), Characters.USUAL.length());
        var allowed = without(
                characters(requireNonNullElse(asked.alphabet(), Alphabet.alphanumeric)),
                requireNonNullElse(asked.exclude(), ""));
        if (length < 1 || length > LONGEST) {
            faults.add(new Fault(FIELD + ".length", "must give at least 128 bits and be at most 128 characters"));
            return null;
        }
        if (allowed.isEmpty()) {
            faults.add(new Fault(FIELD + ".exclude", "leaves no character of the alphabet: exclude fewer"));
            return null;
        }
        int before = faults.size();
        var minimum = minimum(asked.minimum(), allowed, length, faults);
        if (faults.size() > before) {
            return null;
        }
        var form = new Characters(allowed, length, minimum);
        if (form.bits() < MIN_BITS) {
            faults.add(new Fault(
                    FIELD + ".length",
                    "must give at least 128 bits and be at most 128 characters; this form gives " + form.bits()
                            + ": ask for more characters, exclude fewer or lower the minimum"));
        }
        if (form.draws().compareTo(MOST_DRAWS) >= 0) {
            faults.add(new Fault(
                    FIELD + ".minimum",
                    "is met by at most one in a thousand of the values drawn from this alphabet: lower it, or ask"
                            + " for more characters"));
        }
        return form;
    }

    private static Map<CharacterClass, Integer> minimum(
            @Nullable Minimum asked, String allowed, int length, List<Fault> faults) {
        var minimum = new EnumMap<CharacterClass, Integer>(CharacterClass.class);
        long sum = 0;
        for (var counted : CharacterClass.values()) {
            int least = asked == null ? 0 : requireNonNullElse(least(asked, counted), 0);
            var field = FIELD + ".minimum." + counted.name().toLowerCase(Locale.ROOT);
            if (least < 0) {
                faults.add(new Fault(field, "must be 0 to " + LONGEST));
            } else if (least > 0 && allowed.chars().noneMatch(counted::has)) {
                faults.add(new Fault(
                        field, "the alphabet has none of these left: use another one, exclude fewer, or ask for none"));
            } else if (least > 0) {
                minimum.put(counted, least);
                sum += least;
            }
        }
        if (sum > length) {
            faults.add(new Fault(
                    FIELD + ".minimum",
                    "adds up to more than the length, " + length + ": lower it, or ask for more characters"));
        }
        return minimum;
    }

    private static @Nullable Integer least(Minimum asked, CharacterClass counted) {
        return switch (counted) {
            case LOWER -> asked.lower();
            case UPPER -> asked.upper();
            case DIGITS -> asked.digits();
            case SYMBOLS -> asked.symbols();
        };
    }

    private static String characters(Alphabet alphabet) {
        var alphanumeric = Characters.USUAL.allowed();
        return switch (alphabet) {
            case alphanumeric -> alphanumeric;
            case hex -> CharacterClass.DIGITS.characters() + "abcdef";
            case base64 -> alphanumeric + "+/";
            case base64url -> alphanumeric + "-_";
            case printable -> alphanumeric + CharacterClass.SYMBOLS.characters();
        };
    }

    private static String without(String characters, String excluded) {
        var left = new StringBuilder();
        characters.chars().filter(c -> excluded.indexOf(c) < 0).forEach(left::appendCodePoint);
        return left.toString();
    }
}
