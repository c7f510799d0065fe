package io.keyturn.testbed.openbao;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OpenBaoServerIT {

    private static OpenBaoServer server;

    @BeforeAll
    static void start() {
        server = OpenBaoServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void serviceAccountLogsInAndHasOnlyItsPolicy(@TempDir Path setup) throws IOException {
        KubernetesServer kubernetes = Testbed.shared().kubernetes();
        for (String name : List.of("rotator", "stranger")) {
            kubernetes
                    .admin()
                    .resource(new ServiceAccountBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace("default")
                            .endMetadata()
                            .build())
                    .serverSideApply();
        }
        Files.createDirectories(setup.resolve("policies"));
        Files.writeString(
                setup.resolve("policies/shop.hcl"), "path \"secret/data/shop/*\" { capabilities = [\"read\"] }");
        Files.writeString(setup.resolve("setup.sh"), "set -e\nbao kv put -mount=secret shop/db password=\"$VALUE\"\n");
        server.applySetup(setup, Map.of("VALUE", "from-the-script"));
        server.enableKubernetesAuth(kubernetes);
        server.kubernetesRole("rotator", "default", "rotator", List.of("shop"), Duration.ofMinutes(5));

        VaultApi rotator = new VaultApi(server.address(), "").login("rotator", kubernetes.token("default", "rotator"));

        assertThat(rotator.readSecret("secret", "shop/db")
                        .orElseThrow()
                        .path("password")
                        .asText())
                .isEqualTo("from-the-script");
        assertRefused(403, () -> rotator.readSecret("secret", "other/db"));
        assertRefused(
                403,
                () -> new VaultApi(server.address(), "").login("rotator", kubernetes.token("default", "stranger")));
    }

    @Test
    void secretsSurviveSealAndRestart() {
        server.api().writeSecret("secret", "kept", Map.of("field", "value"));

        server.seal();
        assertRefused(503, () -> server.api().readSecret("secret", "kept"));
        server.unseal();
        assertThat(server.api().readSecret("secret", "kept")).isPresent();
        server.kill();
        assertRefused(0, () -> server.api().readSecret("secret", "kept"));
        server.resume();

        assertThat(server.api()
                        .readSecret("secret", "kept")
                        .orElseThrow()
                        .path("field")
                        .asText())
                .isEqualTo("value");
        assertThat(server.api().list("secret/metadata")).contains("kept");
    }

    private static void assertRefused(int status, ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VaultRefused.class,
                        refused -> assertThat(refused.status()).isEqualTo(status));
    }
}
