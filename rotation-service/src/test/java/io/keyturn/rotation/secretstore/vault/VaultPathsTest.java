package io.keyturn.rotation.secretstore.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;

import io.keyturn.rotation.policy.Fault;
import io.keyturn.testbed.process.Tools;
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

    @Test
    void schemaOfTheCustomResourceHasTheSamePattern() throws IOException {
        var crd = Files.readString(Tools.repository().resolve("deploy/crds/secretrotations.keyturn.io.yaml"));

        assertThat(crd.split(Pattern.quote("self.matches('" + VaultPaths.PATH + "') && !self.contains('..')"), -1))
                .as("the store's path and the admin's")
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                     |write it as shop/<name>",
                "other/orders-db      |its first part must be the SecretRotation's own namespace: shop/…",
                "shopping/orders-db   |own namespace",
                "shop                 |write it as shop/<name>",
                "shop/../other/db     |without .. or empty segments",
                "shop//db             |without .. or empty segments",
                "/shop/db             |write it as shop/<name>",
                "shop/db/             |write it as shop/<name>",
                "shop/db%2f..         |write it as shop/<name>",
                "shop/db?version=1    |write it as shop/<name>",
                "shop/_db             |each beginning with a letter or digit",
                "shop/-db             |each beginning with a letter or digit",
                "shop/.db             |each beginning with a letter or digit",
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
