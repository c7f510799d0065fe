package io.keyturn.testbed.openbao;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

import javax.net.ssl.SSLContext;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API of Vault and OpenBao with one token. Paths have no {@code /v1/} and no leading slash; a refusal is a
 * {@link VaultRefused} with the status.
 */
public final class VaultApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient PLAIN = client().build();

    private final HttpClient http;
    private final String address;
    private final String token;

    private VaultApi(HttpClient http, String address, String token) {
        this.http = http;
        this.address = address;
        this.token = token;
    }

    /** An API at an address such as {@code http://127.0.0.1:8200}; an empty token sends none. */
    public VaultApi(String address, String token) {
        this(PLAIN, address, token);
    }

    /** An API that speaks TLS and believes who shows a certificate of this authority. */
    VaultApi(String address, String token, SSLContext trust) {
        this(client().sslContext(trust).build(), address, token);
    }

    /** The same with another token. */
    VaultApi as(String otherToken) {
        return new VaultApi(http, address, otherToken);
    }

    private static HttpClient.Builder client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
    }

    /** Logs in through Kubernetes auth mounted at {@code kubernetes} and answers with an API of the new token. */
    public VaultApi login(String role, String serviceAccountToken) {
        JsonNode answer = write("auth/kubernetes/login", Map.of("role", role, "jwt", serviceAccountToken));
        return as(answer.at("/auth/client_token").asText());
    }

    /** The whole answer of a GET, or empty if there is nothing (404). */
    public Optional<JsonNode> read(String path) {
        try {
            return Optional.of(send("GET", path, null));
        } catch (VaultRefused refused) {
            if (refused.status() == 404) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** POSTs a body; the answer is a missing node if it has no content. */
    public JsonNode write(String path, Map<String, ?> body) {
        return send("POST", path, body);
    }

    /** The keys under a path; none if there is nothing. */
    public List<String> list(String path) {
        try {
            JsonNode keys = send("LIST", path, null).at("/data/keys");
            return StreamSupport.stream(keys.spliterator(), false)
                    .map(JsonNode::asText)
                    .toList();
        } catch (VaultRefused refused) {
            if (refused.status() == 404) {
                return List.of();
            }
            throw refused;
        }
    }

    /** Deletes a path. */
    public void delete(String path) {
        send("DELETE", path, null);
    }

    /** The fields of a KV v2 secret's newest version, or empty. */
    public Optional<JsonNode> readSecret(String mount, String path) {
        return read(mount + "/data/" + path).map(answer -> answer.at("/data/data"));
    }

    /** Writes a new version of a KV v2 secret. */
    public void writeSecret(String mount, String path, Map<String, ?> fields) {
        write(mount + "/data/" + path, Map.of("data", fields));
    }

    JsonNode send(String method, String path, @Nullable Map<String, ?> body) {
        try {
            HttpRequest.BodyPublisher content = body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
                    .timeout(Duration.ofSeconds(30))
                    .method(method, content);
            if (!token.isEmpty()) {
                request.header("X-Vault-Token", token);
            }
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() >= 300) {
                throw new VaultRefused(answer.statusCode(), method, path);
            }
            return answer.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            // Its message would quote the body.
            throw new IllegalStateException("not JSON: " + method + " " + path);
        } catch (IOException e) {
            throw new VaultRefused(0, method, path);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
