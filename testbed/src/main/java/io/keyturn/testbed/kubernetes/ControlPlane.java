package io.keyturn.testbed.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.process.StartFailed;
import io.keyturn.testbed.process.Tools;
import org.jspecify.annotations.Nullable;

/** The three processes, their keys and their flags; {@link KubernetesServer} is what tests see. */
final class ControlPlane {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name = "kubernetes-" + NUMBER.incrementAndGet();
    private final Path folder = Scratch.folder(name);
    private final Path certificates = folder.resolve("certificates");
    private final Path signingKey = folder.resolve("service-accounts.key");
    private final Path tokens = folder.resolve("tokens.csv");
    private final int etcdPort = FreePort.next();
    private final int etcdPeerPort = FreePort.next();
    private final int apiPort = FreePort.next();
    private final String adminToken = RandomText.ofLength(32);
    private final String managerToken = RandomText.ofLength(32);
    private final Map<Person, String> people = new EnumMap<>(Person.class);
    private @Nullable Child etcd;
    private @Nullable Child apiServer;
    private @Nullable Child controllerManager;

    ControlPlane() {
        try {
            Files.createDirectories(certificates);
            List<String> users = new ArrayList<>(List.of(
                    adminToken + ",admin,admin,\"system:masters\"",
                    managerToken + ",system:kube-controller-manager,system:kube-controller-manager"));
            for (Person person : Person.values()) {
                people.put(person, RandomText.ofLength(32));
                users.add(token(person) + "," + person.user() + "," + person.user());
            }
            Files.write(tokens, users);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            Files.writeString(signingKey, pem("PRIVATE KEY", key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return "https://127.0.0.1:" + apiPort;
    }

    String adminToken() {
        return adminToken;
    }

    String token(Person person) {
        return Objects.requireNonNull(people.get(person));
    }

    Path folder() {
        return folder;
    }

    /** The authority of the API server's self-signed certificate: the last one in its chain. */
    Path authority() {
        return certificates.resolve("authority.crt");
    }

    void startEtcd() {
        String client = "http://127.0.0.1:" + etcdPort;
        String peer = "http://127.0.0.1:" + etcdPeerPort;
        List<String> command = List.of(
                Tools.program("etcd").toString(),
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--unsafe-no-fsync",
                "--log-level=warn");
        etcd = Child.start(name + "-etcd", command, Map.of());
        etcd.await(PATIENCE, () -> FreePort.answers(etcdPort));
    }

    /** Forgets all versions but the present ones, by etcd's HTTP gateway. */
    void compactEtcd() {
        try {
            var now = etcd("range", Map.of("key", "AA=="));
            etcd("compaction", Map.of("revision", now.at("/header/revision").asText(), "physical", true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private JsonNode etcd(String call, Map<String, Object> body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + etcdPort + "/v3/kv/" + call))
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("etcd " + call + ": " + answer.statusCode() + " " + answer.body());
            }
            return JSON.readTree(answer.body());
        }
    }

    void startApiServer(BooleanSupplier ready) {
        List<String> command = List.of(
                Tools.program("kube-apiserver").toString(),
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--cert-dir=" + certificates,
                "--service-account-key-file=" + signingKey,
                "--service-account-signing-key-file=" + signingKey,
                "--service-account-issuer=https://kubernetes.default.svc",
                "--authorization-mode=RBAC",
                "--token-auth-file=" + tokens,
                "--service-cluster-ip-range=10.96.0.0/16",
                // It would publish the loopback address as endpoint of the Service "kubernetes", which is invalid.
                "--endpoint-reconciler-type=none",
                "--allow-privileged");
        apiServer = Child.start(name + "-apiserver", command, Map.of());
        apiServer.await(PATIENCE, () -> FreePort.answers(apiPort) && saveAuthority());
        apiServer.await(PATIENCE, ready);
    }

    void startControllerManager(BooleanSupplier ready) {
        Path kubeconfig = folder.resolve("controller-manager.kubeconfig");
        writeKubeconfig(kubeconfig, "system:kube-controller-manager", managerToken);
        List<String> command = List.of(
                Tools.program("kube-controller-manager").toString(),
                "--kubeconfig=" + kubeconfig,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--leader-elect=false",
                // It would delete what tests bind to nodes that do not exist.
                "--controllers=*,-pod-garbage-collector-controller",
                "--use-service-account-credentials=true",
                "--service-account-private-key-file=" + signingKey,
                "--root-ca-file=" + authority(),
                "--secure-port=0");
        controllerManager = Child.start(name + "-controller-manager", command, Map.of());
        controllerManager.await(PATIENCE, ready);
    }

    /** Kills the API server; etcd and the controllers stay. */
    void stopApiServer() {
        Objects.requireNonNull(apiServer).kill();
    }

    void close() {
        for (@Nullable Child child : new @Nullable Child[] {controllerManager, apiServer, etcd}) {
            if (child != null) {
                child.kill();
            }
        }
        Scratch.delete(folder);
    }

    /** Writes a kubeconfig for a bearer token; the file is complete in itself. */
    void writeKubeconfig(Path file, String user, String token) {
        try {
            String authority = Base64.getEncoder().encodeToString(Files.readAllBytes(authority()));
            Files.writeString(file, """
                    apiVersion: v1
                    kind: Config
                    clusters:
                    - name: testbed
                      cluster: {server: "%s", certificate-authority-data: "%s"}
                    users:
                    - name: "%s"
                      user: {token: "%s"}
                    contexts:
                    - name: testbed
                      context: {cluster: testbed, user: "%s"}
                    current-context: testbed
                    """.formatted(url(), authority, user, token, user));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean saveAuthority() {
        try {
            String chain = Files.readString(certificates.resolve("apiserver.crt"), StandardCharsets.US_ASCII);
            int last = chain.lastIndexOf("-----BEGIN CERTIFICATE-----");
            if (last <= 0) {
                throw new StartFailed("The API server's certificate has no authority beside it.");
            }
            Files.writeString(authority(), chain.substring(last));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String pem(String kind, byte[] content) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }
}
