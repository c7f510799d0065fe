package io.keyturn.rotation.credential;

import java.util.random.RandomGenerator;

import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.credential.ValueForm.Words;

/** Makes new secrets: of all values of a form each is equally likely. */
public final class SecretGenerator {
    private final RandomGenerator random;

    /** With chance from outside: for secrets a cryptographic generator, {@link java.security.SecureRandom}. */
    public SecretGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** A new secret of this form. */
    public SecretValue generate(ValueForm form) {
        return SecretValue.takeOver(
                switch (form) {
                    case Characters characters -> characters(characters);
                    case Words words -> words(words);
                });
    }

    /** Drawn anew as a whole until it will do: one that is mended, or given its digits first, would be likelier than others. */
    private char[] characters(Characters form) {
        var text = new char[form.length()];
        do {
            for (int i = 0; i < text.length; i++) {
                text[i] = oneOf(form.allowed());
            }
        } while (!form.hasEnough(text));
        return text;
    }

    private char[] words(Words form) {
        var text = new char[form.length()];
        for (int i = 0; i < text.length; i++) {
            int at = i % Words.STEP;
            if (at == Words.STEP - 1) {
                text[i] = Words.BETWEEN;
            } else {
                text[i] = oneOf(at % 2 == 0 ? Words.CONSONANTS : Words.VOWELS);
            }
        }
        return text;
    }

    /** {@code nextInt} itself draws again where a remainder would favour the first ones. */
    private char oneOf(String characters) {
        return characters.charAt(random.nextInt(characters.length()));
    }
}
