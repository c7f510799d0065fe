package io.keyturn.rotation.secretstore.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.keyturn.kit.secret.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Fingerprints of the last values that were live at a path, newest first, as a note beside them. A value that Keyturn makes has 128 bits
 * or more, so that nobody guesses it by its fingerprint; others are not noted. Whoever may read the notes of a path need not be allowed to read its values.
 *
 * @param fingerprints HMAC-SHA256 under the path, so that equal values of two paths do not look equal; the first 12 bytes, base64url
 */
record LastValues(List<String> fingerprints) {
    /** How many are remembered; a note of Vault holds 512 bytes. */
    private static final int MOST = 8;

    private static final int BYTES = 12;
    private static final String BETWEEN = " ";
    private static final String ALGORITHM = "HmacSHA256";

    static LastValues of(@Nullable String note) {
        return new LastValues(note == null || note.isEmpty() ? List.of() : List.of(note.split(BETWEEN)));
    }

    boolean contain(String fingerprint) {
        return fingerprints.contains(fingerprint);
    }

    LastValues and(String fingerprint) {
        return new LastValues(Stream.concat(Stream.of(fingerprint), fingerprints.stream())
                .distinct()
                .limit(MOST)
                .toList());
    }

    String note() {
        return String.join(BETWEEN, fingerprints);
    }

    static String fingerprint(String path, SecretValue value) {
        return value.use(bytes -> {
            try {
                var mac = Mac.getInstance(ALGORITHM);
                mac.init(new SecretKeySpec(path.getBytes(StandardCharsets.UTF_8), ALGORITHM));
                var all = mac.doFinal(bytes);
                return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, BYTES));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + ALGORITHM, e);
            }
        });
    }
}
