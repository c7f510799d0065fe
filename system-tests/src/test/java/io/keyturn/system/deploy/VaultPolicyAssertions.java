package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.openbao.VaultApi;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.process.Tools;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The policies of {@code deploy/vault} give each service, and a tenant, what it needs and nothing else, on whichever server a subclass brings. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VaultPolicyAssertions {
    private static final String TENANT = "shop/orders-db";
    private static final String OTHER_TENANT = "shop-two/orders-db";

    /** The API with every right; nothing but the KV v2 mount {@code secret} is there yet. */
    abstract VaultApi root();

    abstract VaultApi with(String token);

    @BeforeAll
    final void install() throws IOException {
        for (var mount : List.of("keyturn", "keyturn-pending")) {
            root().write("sys/mounts/" + mount, Map.of("type", "kv", "options", Map.of("version", "2")));
        }
        for (var policy : List.of("keyturn-watcher", "keyturn-rotation")) {
            policy(policy, "policies/" + policy + ".hcl");
        }
        policy("tenant-shop", "tenant-policy-example.hcl");
        root().writeSecret("secret", TENANT, Map.of("password", "of a tenant"));
        root().writeSecret("secret", OTHER_TENANT, Map.of("password", "of another"));
        root().writeSecret("keyturn", "fingerprint-master", Map.of("key", "a master"));
        root().writeSecret("keyturn-pending", TENANT + "/r1/pending-1-1", Map.of("password", "not yet live"));
    }

    @Test
    void theWatcherReadsTheMasterAndNoValueOfAnybody() {
        var watcher = holderOf("keyturn-watcher");
        assertThat(watcher.readSecret("keyturn", "fingerprint-master")).isPresent();
        refused(() -> watcher.writeSecret("keyturn", "fingerprint-master", Map.of("key", "another")));
        refused(() -> watcher.readSecret("secret", TENANT));
        refused(() -> watcher.readSecret("keyturn-pending", TENANT + "/r1/pending-1-1"));
    }

    @Test
    void rotationWritesLiveAndPendingValuesAndDeletesNoLiveOne() {
        var rotation = holderOf("keyturn-rotation");
        rotation.writeSecret("keyturn-pending", TENANT + "/r2/pending-1-1", Map.of("password", "new"));
        rotation.writeSecret("secret", TENANT, Map.of("password", "new"));
        assertThat(rotation.list("keyturn-pending/metadata/" + TENANT)).contains("r1/", "r2/");
        rotation.delete("keyturn-pending/metadata/" + TENANT + "/r2/pending-1-1");
        refused(() -> rotation.delete("secret/metadata/" + TENANT));
        refused(() -> rotation.delete("secret/data/" + TENANT));
        refused(() -> rotation.readSecret("keyturn", "fingerprint-master"));
    }

    @Test
    void aTenantReadsItsOwnLiveValuesAndNeitherOthersNorPendingOnes() {
        var tenant = holderOf("tenant-shop");
        assertThat(tenant.readSecret("secret", TENANT)).isPresent();
        assertThat(tenant.list("secret/metadata/shop/")).contains("orders-db");
        refused(() -> tenant.readSecret("secret", OTHER_TENANT));
        refused(() -> tenant.list("secret/metadata/"));
        refused(() -> tenant.list("secret/metadata/shop-two/"));
        refused(() -> tenant.writeSecret("secret", TENANT, Map.of("password", "its own")));
        refused(() -> tenant.readSecret("keyturn", "fingerprint-master"));
        refused(() -> tenant.readSecret("keyturn-pending", TENANT + "/r1/pending-1-1"));
        refused(() -> tenant.read("keyturn-pending/metadata/" + TENANT + "/r1/pending-1-1"));
        refused(() -> tenant.writeSecret("keyturn-pending", TENANT + "/r3/pending-1-1", Map.of("password", "planted")));
        for (var path : List.of("", "shop/", TENANT + "/", TENANT + "/r1/")) {
            refused(() -> tenant.list("keyturn-pending/metadata/" + path));
        }
    }

    private void policy(String name, String file) throws IOException {
        var text = Files.readString(Tools.repository().resolve("deploy/vault/" + file));
        root().write("sys/policies/acl/" + name, Map.of("policy", text));
    }

    private VaultApi holderOf(String policy) {
        var answer = root().write("auth/token/create", Map.of("policies", List.of(policy), "no_parent", true));
        return with(answer.at("/auth/client_token").asText());
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        VaultRefused.class,
                        refused -> assertThat(refused.status()).isEqualTo(403));
    }
}
