package io.keyturn.testbed.openbao;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.keyturn.testbed.kubernetes.KubernetesServer;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.process.Tools;
import io.keyturn.testbed.tls.ServerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * OpenBao with Raft storage on disk: initialised with one unseal key, unsealed, KV v2 at {@code secret}. It can be sealed, stopped
 * and started again with its data; the root token and the unseal key are in memory only. {@link #close} deletes the data.
 */
public final class OpenBaoServer implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REVIEWER_NAMESPACE = "vault";
    private static final String REVIEWER = "vault-reviewer";

    private final String name = "openbao-" + NUMBER.incrementAndGet();
    private final Path folder = Scratch.folder(name);
    private final int port = FreePort.next();
    private final int clusterPort = FreePort.next();
    private final @Nullable ServerCertificate certificate;
    private final VaultApi nobody;
    private @Nullable Child server;
    private @Nullable String rootToken;
    private @Nullable String unsealKey;

    private OpenBaoServer(boolean tls) {
        try {
            certificate = tls ? ServerCertificate.create(folder) : null;
            nobody = certificate == null
                    ? new VaultApi(address(), "")
                    : new VaultApi(address(), "", certificate.trust());
            Path data = Files.createDirectory(folder.resolve("data"));
            Files.writeString(folder.resolve("openbao.hcl"), """
                    storage "raft" {
                      path    = "%s"
                      node_id = "testbed"
                    }
                    listener "tcp" {
                      address     = "127.0.0.1:%d"
                      cluster_address = "127.0.0.1:%d"
                      %s
                    }
                    api_addr     = "%s"
                    cluster_addr = "https://127.0.0.1:%d"
                    """.formatted(
                            data, port, clusterPort, listener(), address(), clusterPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String listener() {
        return certificate == null
                ? "tls_disable = true"
                : "tls_cert_file = \"%s\"\n  tls_key_file = \"%s\""
                        .formatted(certificate.certificate(), certificate.key());
    }

    /** Starts a server, initialises and unseals it. */
    public static OpenBaoServer start() {
        return start(false);
    }

    /** The same; with TLS it is reached by https only. */
    public static OpenBaoServer start(boolean tls) {
        OpenBaoServer bao = new OpenBaoServer(tls);
        bao.launch();
        JsonNode keys = bao.nobody.write("sys/init", Map.of("secret_shares", 1, "secret_threshold", 1));
        bao.rootToken = keys.at("/root_token").asText();
        bao.unsealKey = keys.at("/keys_base64/0").asText();
        bao.unseal();
        bao.api().write("sys/mounts/secret", Map.of("type", "kv", "options", Map.of("version", "2")));
        return bao;
    }

    /** Base address, without a path. */
    public String address() {
        return (certificate == null ? "http" : "https") + "://127.0.0.1:" + port;
    }

    /** The authority that signed the server's certificate, PEM; only with TLS. */
    public Path certificateAuthority() {
        return Objects.requireNonNull(certificate, "started without TLS").authority();
    }

    /** Token with every right. */
    public String rootToken() {
        return Objects.requireNonNull(rootToken);
    }

    /** The API with the root token. */
    public VaultApi api() {
        return nobody.as(rootToken());
    }

    /** The API with another token. */
    public VaultApi api(String token) {
        return nobody.as(token);
    }

    /**
     * Applies what a user would. A folder: every {@code policies/*.hcl} becomes the policy of that name, then
     * {@code setup.sh} runs if there is one. A file: it is that script. A script finds {@code bao} on PATH and BAO_ADDR,
     * BAO_TOKEN, VAULT_ADDR, VAULT_TOKEN in its environment, and the given variables.
     */
    public void applySetup(Path setup, Map<String, String> variables) {
        if (!Files.isDirectory(setup)) {
            run(setup, variables);
            return;
        }
        uploadPolicies(setup.resolve("policies"));
        Path script = setup.resolve("setup.sh");
        if (Files.exists(script)) {
            run(script, variables);
        }
    }

    /** The same without further variables. */
    public void applySetup(Path setup) {
        applySetup(setup, Map.of());
    }

    /** Turns on Kubernetes auth at {@code kubernetes}, with a reviewer of its own in that cluster. */
    public void enableKubernetesAuth(KubernetesServer kubernetes) {
        kubernetes.createNamespace(REVIEWER_NAMESPACE);
        kubernetes
                .admin()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(REVIEWER)
                        .withNamespace(REVIEWER_NAMESPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
        kubernetes
                .admin()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(REVIEWER)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:auth-delegator")
                        .addNewSubject(null, "ServiceAccount", REVIEWER, REVIEWER_NAMESPACE)
                        .build())
                .serverSideApply();
        if (api().read("sys/auth").orElseThrow().at("/data/kubernetes~1").isMissingNode()) {
            api().write("sys/auth/kubernetes", Map.of("type", "kubernetes"));
        }
        try {
            api().write(
                            "auth/kubernetes/config",
                            Map.of(
                                    "kubernetes_host",
                                    kubernetes.url(),
                                    "kubernetes_ca_cert",
                                    Files.readString(kubernetes.certificateAuthority()),
                                    "token_reviewer_jwt",
                                    kubernetes.token(REVIEWER_NAMESPACE, REVIEWER),
                                    "disable_local_ca_jwt",
                                    true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a ServiceAccount log in to a role with these policies; tokens live that long. */
    public void kubernetesRole(
            String role, String namespace, String serviceAccount, List<String> policies, Duration life) {
        api().write(
                        "auth/kubernetes/role/" + role,
                        Map.of(
                                "bound_service_account_names",
                                serviceAccount,
                                "bound_service_account_namespaces",
                                namespace,
                                "token_policies",
                                policies,
                                "token_ttl",
                                life.toSeconds()));
    }

    /** Seals it: every read and write is refused until {@link #unseal}. */
    public void seal() {
        api().write("sys/seal", Map.of());
    }

    /** Ends a seal and waits until it works. */
    public void unseal() {
        nobody.write("sys/unseal", Map.of("key", Objects.requireNonNull(unsealKey)));
        Objects.requireNonNull(server).await(PATIENCE, this::active);
    }

    /** Stops it. */
    public void stop() {
        Objects.requireNonNull(server).stop(Duration.ofSeconds(10));
    }

    /** Kills it (SIGKILL). */
    public void kill() {
        Objects.requireNonNull(server).kill();
    }

    /** Starts it again on the same port and data, and unseals it. */
    public void resume() {
        launch();
        unseal();
    }

    @Override
    public void close() {
        if (server != null) {
            server.kill();
        }
        Scratch.delete(folder);
    }

    private void launch() {
        String bao = Tools.program("bao").toString();
        List<String> command = List.of(bao, "server", "-config=" + folder.resolve("openbao.hcl"));
        server = Child.start(name, command, Map.of());
        server.await(PATIENCE, () -> FreePort.answers(port));
    }

    private boolean active() {
        try {
            return nobody.read("sys/health").isPresent();
        } catch (VaultRefused notYet) {
            return false;
        }
    }

    private void uploadPolicies(Path policies) {
        if (!Files.isDirectory(policies)) {
            return;
        }
        try (Stream<Path> files = Files.list(policies)) {
            for (Path file : files.sorted().toList()) {
                String fileName = file.getFileName().toString();
                if (fileName.endsWith(".hcl")) {
                    String policy = fileName.substring(0, fileName.length() - ".hcl".length());
                    api().write("sys/policies/acl/" + policy, Map.of("policy", Files.readString(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Path script, Map<String, String> variables) {
        Path tools =
                Objects.requireNonNull(Tools.program("bao").toAbsolutePath().getParent());
        Map<String, String> environment = new HashMap<>(variables);
        environment.putAll(Map.of(
                "PATH", tools + ":" + System.getenv("PATH"),
                "BAO_ADDR", address(),
                "BAO_TOKEN", rootToken(),
                "VAULT_ADDR", address(),
                "VAULT_TOKEN", rootToken()));
        if (certificate != null) {
            environment.put("BAO_CACERT", certificate.authority().toString());
            environment.put("VAULT_CACERT", certificate.authority().toString());
        }
        Child.run(
                name + "-setup",
                List.of("/bin/sh", script.toAbsolutePath().toString()),
                environment,
                Duration.ofSeconds(60));
    }
}
