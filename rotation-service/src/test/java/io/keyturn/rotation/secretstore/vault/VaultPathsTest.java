package io.keyturn.rotation.secretstore.vault;

import io.keyturn.rotation.policy.Fault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class VaultPathsTest {
    @Test
    void pathOfTheOwnNamespaceHasNoFault() {
        assertThat(VaultPaths.faults("spec.store.vault.path", "shop/orders-db", "shop"))
                .isEmpty();
        assertThat(VaultPaths.faults("spec.store.vault.path", "shop/team-a/orders_db.1", "shop"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                     |write it as shop/<name>",
                "other/orders-db      |its first part must be the SecretRotation's own namespace: shop/…",
                "shopping/orders-db   |own namespace",
                "shop                 |write it as shop/<name>",
                "shop/../other/db     |without .. or empty parts",
                "shop//db             |without .. or empty parts",
                "/shop/db             |write it as shop/<name>",
                "shop/db/             |write it as shop/<name>",
                "shop/db%2f..         |write it as shop/<name>",
                "shop/db?version=1    |write it as shop/<name>",
            })
    void faultNamesTheFieldAndTheFix(@Nullable String path, String fix) {
        assertThat(VaultPaths.faults("spec.store.vault.path", path, "shop"))
                .extracting(Fault::toString)
                .singleElement()
                .asString()
                .startsWith("spec.store.vault.path: ")
                .contains(fix);
    }
}
