package io.keyturn.watcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.Testbed;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/** Real servers, prepared from {@code deploy/} as an installer does; the service runs with its own rights and no others. */
public final class WatcherTestbed implements QuarkusTestResourceLifecycleManager {
    static final Path DEPLOY = Path.of("../deploy");
    static final String CLUSTER = "test";
    private static final String NAMESPACE = "keyturn-system";

    @Override
    public Map<String, String> start() {
        var testbed = Testbed.shared().begin(Testbed.Server.KUBERNETES, Testbed.Server.KAFKA, Testbed.Server.OPENBAO);
        var kubernetes = testbed.kubernetes();
        kubernetes.apply(DEPLOY.resolve("crds"));
        kubernetes.apply(DEPLOY.resolve("rbac/namespace.yaml"));
        kubernetes.apply(DEPLOY.resolve("rbac/watcher.yaml"));
        testbed.openBao().enableKubernetesAuth(kubernetes);
        testbed.openBao().applySetup(DEPLOY.resolve("vault"));
        testbed.kafka().provision(DEPLOY.resolve("kafka"));

        var principal = Service.WATCHER.principal();
        var settings = new HashMap<String, String>();
        testbed.kafka().clientConfig(principal).forEach((key, value) -> settings.put("kafka." + key, value));
        settings.putAll(Map.of(
                "quarkus.kubernetes-client.api-server-url", kubernetes.url(),
                "quarkus.kubernetes-client.ca-cert-file",
                        kubernetes.certificateAuthority().toString(),
                "quarkus.kubernetes-client.token", kubernetes.token(NAMESPACE, principal),
                "quarkus.vault.url", testbed.openBao().address(),
                "quarkus.vault.authentication.kubernetes.jwt-token-path",
                        kubernetes.tokenFile(NAMESPACE, principal, "vault").toString(),
                "keyturn.cluster", CLUSTER));
        settings.putAll(Map.of(
                "quarkus.http.test-port", "0",
                "quarkus.otel.sdk.disabled", "true",
                "quarkus.log.console.json.enabled", "false",
                "keyturn.watcher.leader.lease-duration", "4s",
                "keyturn.watcher.leader.renew-deadline", "3s",
                "keyturn.watcher.leader.retry-period", "500ms",
                "keyturn.watcher.observe.version-check", "500ms",
                "keyturn.watcher.observe.page-size", "5",
                "keyturn.watcher.master.refresh", "1s"));
        return settings;
    }

    @Override
    public void stop() {
        Testbed.shared().close();
    }
}
