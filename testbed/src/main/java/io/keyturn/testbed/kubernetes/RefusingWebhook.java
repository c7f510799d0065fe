package io.keyturn.testbed.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.tls.ServerCertificate;

import static org.awaitility.Awaitility.await;

/**
 * Lets the real API server answer writes with a status of one's choice: it asks a webhook, and hands on the status of what that refuses.
 * Until it is closed; the server may forget the webhook a moment later.
 */
public final class RefusingWebhook implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROBE = "configmaps";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KubernetesClient admin;
    private final HttpsServer server;
    private final ValidatingWebhookConfiguration configuration;
    private final int status;
    private final AtomicInteger refused = new AtomicInteger();

    private RefusingWebhook(KubernetesClient admin, String namespace, String group, String resource, int status) {
        this.admin = admin;
        this.status = status;
        try {
            var certificate = ServerCertificate.create(Scratch.folder("webhook"));
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate.serve()));
            server.createContext("/", this::refuse);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            configuration = admin.resource(asks(
                            namespace,
                            group,
                            resource,
                            Base64.getEncoder().encodeToString(Files.readAllBytes(certificate.authority()))))
                    .create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Refuses whoever creates or changes these resources in the namespace, and ConfigMaps there; waits until the API server knows.
     *
     * @param status of the answers: 400 or more
     */
    public static RefusingWebhook refusing(
            KubernetesClient admin, String namespace, String group, String resource, int status) {
        var webhook = new RefusingWebhook(admin, namespace, group, resource, status);
        // The one that is given would ask again by itself, for long.
        var once = new ConfigBuilder(admin.getConfiguration())
                .withRequestRetryBackoffLimit(0)
                .build();
        try (var client = new KubernetesClientBuilder().withConfig(once).build()) {
            await().atMost(PATIENCE).until(() -> webhook.isAsked(client, namespace));
        }
        return webhook;
    }

    /** By a write that would change nothing. */
    private boolean isAsked(KubernetesClient client, String namespace) {
        try {
            client.configMaps()
                    .inNamespace(namespace)
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("is-anybody-there")
                            .endMetadata()
                            .build())
                    .dryRun()
                    .create();
            return false;
        } catch (KubernetesClientException e) {
            return e.getCode() == status;
        }
    }

    /** How many writes of these resources it has refused. */
    public int refused() {
        return refused.get();
    }

    private ValidatingWebhookConfiguration asks(String namespace, String group, String resource, String authority) {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata()
                .addNewWebhook()
                .withName("refuses.keyturn.test")
                .withFailurePolicy("Fail")
                .withSideEffects("None")
                .withAdmissionReviewVersions("v1")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:" + server.getAddress().getPort() + "/")
                .withCaBundle(authority)
                .endClientConfig()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", namespace)
                .endNamespaceSelector()
                .addNewRule()
                .withApiGroups(group)
                .withApiVersions("v1")
                .withOperations("CREATE", "UPDATE")
                .withResources(resource)
                .endRule()
                .addNewRule()
                .withApiGroups("")
                .withApiVersions("v1")
                .withOperations("CREATE")
                .withResources(PROBE)
                .endRule()
                .endWebhook()
                .build();
    }

    private void refuse(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = JSON.readTree(exchange.getRequestBody()).path("request");
            var answer = """
                    {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":
                     {"uid":"%s","allowed":false,"status":{"code":%d,"message":"not now"}}}""".formatted(request.path("uid").asText(), status).getBytes(StandardCharsets.UTF_8);
            if (!request.at("/resource/resource").asText().equals(PROBE)) {
                refused.incrementAndGet();
            }
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        admin.resource(configuration).delete();
        server.stop(0);
    }
}
