package io.keyturn.testbed.canary;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** GETs addresses and looks at the answers; one of another status than expected is an error. */
final class HttpSearch {

    private HttpSearch() {}

    static void search(Map<URI, Integer> addresses, SecretCanary.Look look) throws IOException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            for (Map.Entry<URI, Integer> expected : addresses.entrySet()) {
                URI address = expected.getKey();
                HttpRequest request = HttpRequest.newBuilder(address)
                        .timeout(Duration.ofSeconds(20))
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() != expected.getValue()) {
                    throw new IllegalStateException(
                            address + " answered " + answer.statusCode() + ", not " + expected.getValue());
                }
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
