package io.keyturn.rotation.publication.kubernetes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.outcome.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Refusals, as an API server gave them in the second after its start: 403 for what RBAC allows, and 500 for {@code /readyz}. A double
 * gives them here, since a real server cannot be held in that second.
 */
class ApiCallsTest {
    private final Queue<Integer> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final HttpServer server;
    private final KubernetesClient kubernetes;

    ApiCallsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            var body = "{}".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(answers.remove(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        kubernetes = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withAutoConfigure(false)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        kubernetes.close();
        server.stop(0);
    }

    @Test
    void refusalOfAServerThatIsNotReadyIsAnOutage() {
        assertThat(outcome(403, 500)).isEqualTo(Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE));
        assertThat(asked).containsExactly("/secret", "/readyz");
    }

    @Test
    void serverThatIsReadyByNowIsAskedOnceMore() {
        assertThat(outcome(403, 200, 200)).isEqualTo(Outcome.done());
        assertThat(asked).containsExactly("/secret", "/readyz", "/secret");
    }

    @Test
    void refusalOfAServerThatIsReadyCounts() {
        assertThat(outcome(403, 200, 403)).isEqualTo(Outcome.rejected(RotationReason.PUBLICATION_REFUSED));
        assertThat(outcome(401, 403, 401)).isEqualTo(Outcome.rejected(RotationReason.PUBLICATION_REFUSED));
    }

    @Test
    void whatIsNoRefusalIsAskedOnce() {
        assertThat(outcome(422)).isEqualTo(Outcome.rejected(RotationReason.PUBLICATION_REFUSED));
        assertThat(outcome(409)).isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));
        assertThat(outcome(503)).isEqualTo(Outcome.unavailable(RotationReason.KUBERNETES_UNREACHABLE));
    }

    private Outcome<Boolean> outcome(Integer... inTurn) {
        answers.addAll(List.of(inTurn));
        var outcome = new ApiCalls(kubernetes).attempt(() -> {
            kubernetes.raw("/secret");
            return Outcome.done();
        });
        assertThat(answers).as("all were asked for").isEmpty();
        return outcome;
    }
}
