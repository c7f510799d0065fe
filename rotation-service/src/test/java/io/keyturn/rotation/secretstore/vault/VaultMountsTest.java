package io.keyturn.rotation.secretstore.vault;

import io.keyturn.kit.start.Complaint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class VaultMountsTest {
    @ParameterizedTest
    @CsvSource({"secret, secret", "secret, secret/", "secret/, secret", "/team/kv, team/kv//"})
    void valuesOfRunsMustNotLieAmongLiveOnes(String mount, String pending) {
        assertThat(VaultMounts.complaints(mount, pending))
                .extracting(Complaint::property)
                .containsExactly("keyturn.rotation.vault.pending-mount");
    }

    @Test
    void twoMountsAreFine() {
        assertThat(VaultMounts.complaints("secret", "keyturn-pending")).isEmpty();
        assertThat(VaultMounts.complaints("secret", "secret/pending")).isEmpty();
    }
}
