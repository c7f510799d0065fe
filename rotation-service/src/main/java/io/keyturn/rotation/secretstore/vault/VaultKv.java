package io.keyturn.rotation.secretstore.vault;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.vault.client.VaultClient;
import io.quarkus.vault.client.VaultClientException;
import io.quarkus.vault.client.api.secrets.kv2.VaultSecretsKV2ReadSecretResult;
import io.quarkus.vault.client.common.VaultJSONResultExtractor;
import io.quarkus.vault.client.common.VaultLeasedResultExtractor;
import io.quarkus.vault.client.common.VaultRequest;
import io.quarkus.vault.client.common.VaultResponse;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/**
 * A mount of a server (HTTP API of Vault and OpenBao, secrets/kv/kv-v2). The extension's own engine has
 * neither CAS nor metadata, so requests are made through its client.
 */
final class VaultKv implements KvV2 {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final VaultClient client;
    private final String mount;

    VaultKv(VaultClient client, String mount) {
        this.client = client;
        this.mount = mount;
    }

    /** The answer to a write: the extension's own type looks for the version where only reads have it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record WriteAnswer(Data data) {
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Data(long version) {}
    }

    @Override
    public Optional<Entry> read(String path) throws StoreException {
        return find(VaultRequest.<VaultSecretsKV2ReadSecretResult>get("read secret")
                        .path(mount, "data", path)
                        .expectOkStatus()
                        .build(VaultLeasedResultExtractor.of(VaultSecretsKV2ReadSecretResult.class)))
                .map(VaultSecretsKV2ReadSecretResult::getData)
                .map(data -> new Entry(
                        data.getData(),
                        data.getMetadata().getVersion(),
                        data.getMetadata().getCreatedTime().toInstant()));
    }

    /** The answer to a list. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ListAnswer(Data data) {
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Data(List<String> keys) {}
    }

    @Override
    public List<String> list(String path) throws StoreException {
        return find(VaultRequest.<ListAnswer>list("list secrets")
                        .path(mount, "metadata", path)
                        .expectOkStatus()
                        .build(VaultJSONResultExtractor.of(ListAnswer.class)))
                .map(answer -> answer.data().keys())
                .orElse(List.of());
    }

    @Override
    public long write(String path, Map<String, Object> fields, long expectedVersion) throws StoreException {
        try {
            var result = send(VaultRequest.<WriteAnswer>post("write secret")
                    .path(mount, "data", path)
                    .body(Map.of("options", Map.of("cas", expectedVersion), "data", fields))
                    .expectOkStatus()
                    .build(VaultJSONResultExtractor.of(WriteAnswer.class)));
            return result.getResult().data().version();
        } catch (VaultClientException e) {
            throw new StoreException(kind(e));
        }
    }

    /** The answer to a look at metadata. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record MetadataAnswer(Data data) {
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Data(
                @JsonProperty("custom_metadata") @Nullable Map<String, String> notes) {}
    }

    @Override
    public Map<String, String> notes(String path) throws StoreException {
        return find(VaultRequest.<MetadataAnswer>get("read metadata")
                        .path(mount, "metadata", path)
                        .expectOkStatus()
                        .build(VaultJSONResultExtractor.of(MetadataAnswer.class)))
                .map(answer -> answer.data().notes())
                .orElse(Map.of());
    }

    @Override
    public void annotate(String path, Map<String, String> metadata) throws StoreException {
        execute(VaultRequest.patch("patch metadata")
                .path(mount, "metadata", path)
                .header("Content-Type", "application/merge-patch+json")
                .body(Map.of("custom_metadata", metadata))
                .expectNoContentStatus()
                .build());
    }

    /** The answer to what the token may do. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CapabilitiesAnswer(Data data) {
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Data(List<String> capabilities) {}
    }

    /** Everybody may ask, by Vault's own policy {@code default}, unless an installer has taken that away. */
    @Override
    public boolean allows(String part, String path, String... capabilities) throws StoreException {
        try {
            var has = send(VaultRequest.<CapabilitiesAnswer>post("ask for capabilities")
                            .path("sys", "capabilities-self")
                            .body(Map.of("paths", List.of(VaultMounts.plain(mount) + "/" + part + "/" + path)))
                            .expectOkStatus()
                            .build(VaultJSONResultExtractor.of(CapabilitiesAnswer.class)))
                    .getResult()
                    .data()
                    .capabilities();
            return has.contains("root") || has.containsAll(List.of(capabilities));
        } catch (VaultClientException e) {
            if (kind(e) == StoreException.Kind.DENIED) {
                return true;
            }
            throw new StoreException(kind(e));
        }
    }

    @Override
    public void destroy(String path) throws StoreException {
        execute(VaultRequest.delete("delete metadata")
                .path(mount, "metadata", path)
                .expectNoContentStatus()
                .build());
    }

    /** Empty where there is nothing. */
    private <T> Optional<T> find(VaultRequest<T> request) throws StoreException {
        try {
            return Optional.of(send(request).getResult());
        } catch (VaultClientException e) {
            if (requireNonNullElse(e.getStatus(), 0) == 404) {
                return Optional.empty();
            }
            throw new StoreException(kind(e));
        }
    }

    private void execute(VaultRequest<Void> request) throws StoreException {
        try {
            send(request);
        } catch (VaultClientException e) {
            if (requireNonNullElse(e.getStatus(), 0) != 404) {
                throw new StoreException(kind(e));
            }
        }
    }

    private <T> VaultResponse<T> send(VaultRequest<T> request) throws StoreException {
        try {
            return client.execute(request).toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | CompletionException e) {
            if (e.getCause() instanceof VaultClientException refused) {
                throw refused;
            }
            throw new StoreException(StoreException.Kind.UNAVAILABLE);
        } catch (TimeoutException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.UNAVAILABLE);
        }
    }

    private static StoreException.Kind kind(VaultClientException e) {
        return switch (requireNonNullElse(e.getStatus(), 0)) {
            case 400 ->
                e.hasErrorContaining("check-and-set") ? StoreException.Kind.CONFLICT : StoreException.Kind.DENIED;
            // 501: a proxy that does not know the method.
            case 403, 404, 405, 501 -> StoreException.Kind.DENIED;
            default -> StoreException.Kind.UNAVAILABLE;
        };
    }
}
