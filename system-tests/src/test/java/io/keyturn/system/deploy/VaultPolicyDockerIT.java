package io.keyturn.system.deploy;

import io.keyturn.testbed.openbao.VaultApi;
import org.junit.jupiter.api.Tag;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.vault.VaultContainer;

/** The same on HashiCorp's Vault; only where Docker is. */
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
class VaultPolicyDockerIT extends VaultPolicyAssertions {
    private static final String TOKEN = "of-a-throw-away-server";

    @Container
    private static final VaultContainer<?> VAULT = new VaultContainer<>("hashicorp/vault:1.20").withVaultToken(TOKEN);

    @Override
    VaultApi root() {
        return with(TOKEN);
    }

    @Override
    VaultApi with(String token) {
        return new VaultApi(VAULT.getHttpHostAddress(), token);
    }
}
