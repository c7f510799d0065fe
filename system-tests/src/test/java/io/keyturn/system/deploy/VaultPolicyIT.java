package io.keyturn.system.deploy;

import io.keyturn.testbed.openbao.OpenBaoServer;
import io.keyturn.testbed.openbao.VaultApi;
import org.junit.jupiter.api.AfterAll;

/** On OpenBao. */
class VaultPolicyIT extends VaultPolicyAssertions {
    private final OpenBaoServer server = OpenBaoServer.start();

    @Override
    VaultApi root() {
        return server.api();
    }

    @Override
    VaultApi with(String token) {
        return server.api(token);
    }

    @AfterAll
    void end() {
        server.close();
    }
}
