package io.keyturn.watcher;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

import io.keyturn.testbed.Testbed;

/** The fingerprint master as an operator renews it; all tests of this module share it. */
final class Masters {
    private Masters() {}

    /** A new one takes the place of the present one, which stays in force beside it for a while. */
    static void renew() {
        var key = new byte[32];
        new SecureRandom().nextBytes(key);
        Testbed.shared()
                .openBao()
                .api()
                .writeSecret(
                        "keyturn",
                        "fingerprint-master",
                        Map.of("key", Base64.getEncoder().encodeToString(key)));
    }
}
