package io.keyturn.rotation.secretstore.vault;

import io.keyturn.kit.secret.SecretValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatelyTest {
    private static final String PATH = "shop/orders-db";

    @Test
    void lastEightAreRemembered() {
        var last = Lately.of(null);
        for (int i = 1; i <= 9; i++) {
            last = Lately.of(last.and("f" + i).note());
        }

        assertThat(last.contain("f1")).isFalse();
        assertThat(last.contain("f2")).isTrue();
        assertThat(last.contain("f9")).isTrue();
    }

    @Test
    void whatIsNotedAgainTakesOnePlace() {
        assertThat(Lately.of("a b c").and("b").note()).isEqualTo("b a c");
    }

    @Test
    void whatBeginsSoIsTakenOut() {
        assertThat(Lately.of("a:1 b:2 a:3").without("a:").note()).isEqualTo("b:2");
    }

    /** A note of Vault or OpenBao holds 512 bytes. */
    @Test
    void noteIsShortEnough() {
        var last = Lately.of(null);
        for (int i = 0; i < 20; i++) {
            last = last.and("r".repeat(37) + (100 + i) + ":" + of(PATH, "value " + i));
        }

        assertThat(last.words()).hasSize(8);
        assertThat(last.note()).hasSizeLessThanOrEqualTo(512);
    }

    @Test
    void sameValueLooksOtherAtAnotherPath() {
        assertThat(of(PATH, "one")).isEqualTo(of(PATH, "one")).hasSize(16).isNotEqualTo(of(PATH, "two"));
        assertThat(of("shop/other", "one")).isNotEqualTo(of(PATH, "one"));
    }

    private static String of(String path, String value) {
        try (var secret = SecretValue.copyOf(value)) {
            return Fingerprint.of(path, secret);
        }
    }
}
