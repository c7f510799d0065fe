package io.keyturn.testbed.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.process.StartFailed;
import org.jspecify.annotations.Nullable;

/**
 * A real Kubernetes API: etcd, kube-apiserver with RBAC and the default admission chain, kube-controller-manager. There
 * is no scheduler and no kubelet: pods stay Pending unless something plays these. {@link #close} deletes all its data.
 */
public final class KubernetesServer implements AutoCloseable {

    private static final Duration TOKEN_LIFE = Duration.ofHours(24);

    private final ControlPlane plane = new ControlPlane();
    private @Nullable KubernetesClient admin;

    private KubernetesServer() {}

    /** Starts all three and waits until the API answers and the controllers work; tries once more, on other ports. */
    public static KubernetesServer start() {
        try {
            return startOnce();
        } catch (StartFailed first) {
            try {
                return startOnce();
            } catch (StartFailed second) {
                second.addSuppressed(first);
                throw second;
            }
        }
    }

    private static KubernetesServer startOnce() {
        KubernetesServer server = new KubernetesServer();
        try {
            server.launch();
            return server;
        } catch (StartFailed e) {
            server.close();
            throw e;
        }
    }

    private void launch() {
        plane.startEtcd();
        plane.startApiServer(this::ready);
        plane.writeKubeconfig(kubeconfig(), "admin", plane.adminToken());
        plane.startControllerManager(this::controllersWork);
    }

    /** A shared client with every right; closed with the server. */
    public KubernetesClient admin() {
        return Objects.requireNonNull(admin);
    }

    /** Address of the API server. */
    public String url() {
        return plane.url();
    }

    /** Kubeconfig of an administrator, complete in itself. */
    public Path kubeconfig() {
        return plane.folder().resolve("admin.kubeconfig");
    }

    /** PEM file of the authority that signed the API server's certificate. */
    public Path certificateAuthority() {
        return plane.authority();
    }

    /** A new client that acts as a ServiceAccount, which must exist; the caller closes it. */
    public KubernetesClient clientFor(String namespace, String serviceAccount) {
        return clientWith(token(namespace, serviceAccount), namespace);
    }

    /** A new client that acts as one of the people; the caller closes it. */
    public KubernetesClient clientFor(Person person) {
        return clientWith(plane.token(person), null);
    }

    /** A token of a ServiceAccount from the TokenRequest API, for the API server's own audience, valid for 24 hours. */
    public String token(String namespace, String serviceAccount) {
        return token(namespace, serviceAccount, TOKEN_LIFE, List.of());
    }

    /** A token with this life (at least 10 minutes) for these audiences; none means the API server's own. */
    public String token(String namespace, String serviceAccount, Duration life, List<String> audiences) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(life.toSeconds())
                .withAudiences(audiences)
                .endSpec()
                .build();
        return admin().serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    /** A private file with a token, as a pod finds it mounted; an empty audience means the API server's own. */
    public Path tokenFile(String namespace, String serviceAccount, String audience) {
        String token = token(namespace, serviceAccount, TOKEN_LIFE, audience.isEmpty() ? List.of() : List.of(audience));
        try {
            Path file = Files.createTempFile(
                    plane.folder(),
                    serviceAccount + "-",
                    ".token",
                    PosixFilePermissions.asFileAttribute(
                            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
            return Files.writeString(file, token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kubeconfig file that acts as a ServiceAccount, for programs that read one. */
    public Path kubeconfigFor(String namespace, String serviceAccount) {
        Path file = plane.folder().resolve(namespace + "-" + serviceAccount + ".kubeconfig");
        plane.writeKubeconfig(file, serviceAccount, token(namespace, serviceAccount));
        return file;
    }

    /** Creates the namespace if it is missing, and waits until it has its default ServiceAccount. */
    public void createNamespace(String namespace) {
        admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .serverSideApply();
        admin().serviceAccounts()
                .inNamespace(namespace)
                .withName("default")
                .waitUntilCondition(Objects::nonNull, 60, TimeUnit.SECONDS);
    }

    /** Server-side applies a YAML file, or all under a folder; custom resource definitions are awaited. */
    public List<HasMetadata> apply(Path path) {
        return new Manifests(admin()).apply(path, null);
    }

    /** The same, for objects that name no namespace. */
    public List<HasMetadata> apply(Path path, String namespace) {
        return new Manifests(admin()).apply(path, namespace);
    }

    /** Kills the API server; etcd keeps its data. */
    public void stopApiServer() {
        plane.stopApiServer();
    }

    /** Starts the API server again on the same address. */
    public void startApiServer() {
        plane.startApiServer(this::ready);
    }

    /**
     * Compacts etcd: all versions but the present ones are gone. A watch from an older version is told so (410 Gone) as soon as the
     * API server does not remember them itself: it keeps some until it is started again.
     */
    public void compact() {
        plane.compactEtcd();
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
        plane.close();
    }

    private boolean ready() {
        if (admin == null) {
            admin = clientWith(plane.adminToken(), null);
        }
        try {
            return "ok".equals(admin.raw("/readyz"));
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** The ServiceAccount and the authority's ConfigMap of a namespace are the controllers' work. */
    private boolean controllersWork() {
        try {
            return admin().serviceAccounts()
                                    .inNamespace("default")
                                    .withName("default")
                                    .get()
                            != null
                    && admin().configMaps()
                                    .inNamespace("default")
                                    .withName("kube-root-ca.crt")
                                    .get()
                            != null;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private KubernetesClient clientWith(String token, @Nullable String namespace) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withCaCertFile(certificateAuthority().toString())
                .withOauthToken(token)
                .withNamespace(namespace == null ? "default" : namespace)
                .withConnectionTimeout(5_000)
                .withRequestTimeout(20_000)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
