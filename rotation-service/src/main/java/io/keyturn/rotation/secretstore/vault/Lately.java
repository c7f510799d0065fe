package io.keyturn.rotation.secretstore.vault;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The last few words of a note beside a path, newest first.
 *
 * @param words without spaces, of 60 characters at most
 */
record Lately(List<String> words) {
    /** How many are remembered; a note of Vault holds 512 bytes. */
    private static final int MOST = 8;

    private static final String BETWEEN = " ";

    static Lately of(@Nullable String note) {
        return new Lately(note == null ? List.of() : List.of(note.split(BETWEEN)));
    }

    boolean contain(String word) {
        return words.contains(word);
    }

    Lately and(String word) {
        return new Lately(Stream.concat(Stream.of(word), words.stream())
                .distinct()
                .limit(MOST)
                .toList());
    }

    /** Without those that begin so. */
    Lately without(String beginning) {
        return new Lately(
                words.stream().filter(word -> !word.startsWith(beginning)).toList());
    }

    String note() {
        return String.join(BETWEEN, words);
    }
}
