package io.keyturn.kit.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.kit.fingerprint.Fingerprinter.Master;
import io.keyturn.kit.secret.SecretValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FingerprinterTest {
    private static final byte[] VALUE = "correct horse".getBytes(StandardCharsets.UTF_8);

    @Test
    void ownHkdfGivesTheVectorOfTheStandard() throws GeneralSecurityException {
        // RFC 5869, A.3: SHA-256, no salt, no info. Guards the independent computation that the next test trusts.
        var okm = hkdf(HexFormat.of().parseHex("0b".repeat(22)), new byte[0], 42);
        assertThat(HexFormat.of().formatHex(okm))
                .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }

    @Test
    void fingerprintIsHmacUnderTheDerivedKeyOfTheNamespace() throws GeneralSecurityException {
        var key = hkdf(bytes(7), "keyturn/fingerprint/v1/shop".getBytes(StandardCharsets.UTF_8), 32);
        var expected = HexFormat.of().formatHex(hmac(key, VALUE));
        assertThat(new Fingerprinter(List.of(master(3, 7))).of("shop", VALUE))
                .containsExactly(new Fingerprint(3, expected));
    }

    @Test
    void namespacesAreSeparateAndValuesDiffer() {
        var fingerprinter = new Fingerprinter(List.of(master(1, 7)));
        var shop = fingerprinter.of("shop", VALUE);
        assertThat(fingerprinter.of("billing", VALUE)).isNotEqualTo(shop);
        assertThat(fingerprinter.of("shop", new byte[0])).isNotEqualTo(shop);
        assertThat(fingerprinter.of("shop", VALUE.clone())).isEqualTo(shop);
    }

    @Test
    void whileTheMasterRotatesEitherGenerationMeansUnchanged() {
        var before = new Fingerprinter(List.of(master(1, 7))).of("shop", VALUE);
        var during = new Fingerprinter(List.of(master(1, 7), master(2, 8))).of("shop", VALUE);
        var after = new Fingerprinter(List.of(master(2, 8))).of("shop", VALUE);
        assertThat(during).extracting(Fingerprint::keyGeneration).containsExactly(1, 2);
        assertThat(Fingerprint.sameValue(before, during)).isTrue();
        assertThat(Fingerprint.sameValue(during, after)).isTrue();
        assertThat(Fingerprint.sameValue(before, after)).isFalse();
    }

    @Test
    void shortOrMissingMasterIsRefused() {
        assertThatThrownBy(() -> new Fingerprinter(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new Fingerprinter(List.of(master(1, 7), new Master(2, SecretValue.takeOver(new byte[31])))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes");
    }

    @Test
    void theValueIsLeftAsItWasAndTheTextFormNamesGenerationsOnly() {
        var value = VALUE.clone();
        var fingerprinter = new Fingerprinter(List.of(master(3, 7), master(4, 8)));
        fingerprinter.of("shop", value);
        assertThat(value).isEqualTo(VALUE);
        assertThat(fingerprinter).hasToString("[3, 4]");
    }

    private static Master master(int generation, int fill) {
        return new Master(generation, SecretValue.takeOver(bytes(fill)));
    }

    private static byte[] bytes(int fill) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    /** RFC 5869 by its text, from HMAC alone, without a salt. */
    private static byte[] hkdf(byte[] material, byte[] info, int length) throws GeneralSecurityException {
        var pseudoRandomKey = hmac(new byte[32], material);
        var output = new byte[0];
        var block = new byte[0];
        for (int counter = 1; output.length < length; counter++) {
            block = hmac(pseudoRandomKey, join(block, info, new byte[] {(byte) counter}));
            output = join(output, block);
        }
        return Arrays.copyOf(output, length);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    private static byte[] join(byte[]... parts) {
        var joined = new java.io.ByteArrayOutputStream();
        for (var part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
