package io.keyturn.testbed.canary;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** GETs addresses and looks at the answers, whatever their status. */
final class HttpSearch {

    private HttpSearch() {}

    static void search(List<URI> addresses, SecretCanary.Look look) throws IOException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            for (URI address : addresses) {
                HttpRequest request = HttpRequest.newBuilder(address)
                        .timeout(Duration.ofSeconds(20))
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                String headers = answer.headers().map().toString();
                look.at("answers", "HTTP headers of " + address, headers.getBytes(StandardCharsets.UTF_8));
                look.at("answers", "HTTP body of " + address, answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
