package io.keyturn.rotation.secretstore.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.keyturn.kit.secret.SecretValue;

/**
 * Tells values of a path apart: HMAC-SHA256 under the path, so that equal values of two paths do not look equal; the first 12 bytes,
 * base64url. A value that Keyturn makes has 128 bits or more, so that nobody guesses it by its fingerprint.
 */
final class Fingerprint {
    private static final int BYTES = 12;
    private static final String ALGORITHM = "HmacSHA256";

    private Fingerprint() {}

    static String of(String path, SecretValue value) {
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
