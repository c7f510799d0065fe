package io.keyturn.restart.baseline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;

/** Contents for tests: {@code "a=1"} is key a with some fingerprint of value 1. */
public final class Contents {
    private Contents() {}

    public static Content of(String... assignments) {
        return of(List.of(1), assignments);
    }

    /** The same values under these generations of the master. */
    public static Content of(List<Integer> generations, String... assignments) {
        Map<KeyName, List<Fingerprint>> keys = new HashMap<>();
        for (var assignment : assignments) {
            var parts = assignment.split("=", 2);
            keys.put(
                    new KeyName(parts[0]),
                    generations.stream().map(g -> fingerprint(g, parts[1])).toList());
        }
        return new Content(keys);
    }

    private static Fingerprint fingerprint(int generation, String value) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256").digest((generation + value).getBytes(StandardCharsets.UTF_8));
            return new Fingerprint(generation, HexFormat.of().formatHex(hash));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Integer> upTo(int generation) {
        return IntStream.rangeClosed(1, generation).boxed().toList();
    }
}
