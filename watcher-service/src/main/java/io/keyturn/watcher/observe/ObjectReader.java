package io.keyturn.watcher.observe;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.watcher.WatcherConfig;
import io.keyturn.watcher.filter.ObjectFilter;

/**
 * Reads whole objects, values included: the GET after a change, and the paged LIST of a first start. Answers are read as bytes
 * and wiped; the client's own typed model would keep every value as a String. Blocks; for virtual threads.
 */
@ApplicationScoped
class ObjectReader {
    private static final String JSON = "application/json";
    private static final String METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    private static final long PATIENCE_SECONDS = 20;

    private final KubernetesClient client;
    private final int pageSize;

    ObjectReader(KubernetesClient client, WatcherConfig config) {
        this.client = client;
        this.pageSize = config.observe().pageSize();
    }

    /** The object as it is now, by a quorum read; empty when it is not there. The caller closes it. */
    Optional<KubernetesObject> read(ObjectRef object) {
        var path = "api/v1/namespaces/" + object.namespace() + "/" + plural(object.kind()) + "/" + object.name();
        var answer = get(path, JSON);
        if (answer.code() == 404) {
            return Optional.empty();
        }
        var body = body(answer);
        try {
            return Optional.of(ObjectParser.object(object.kind(), body));
        } catch (IOException e) {
            throw new KubernetesRefused(answer.code());
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    /** Hands all objects of a kind over, page by page, and closes them when the consumer returns. */
    void list(ObjectKind kind, Consumer<Iterable<KubernetesObject>> consumer) {
        var next = "";
        do {
            var page = page(kind, pageSize, next, JSON);
            try {
                consumer.accept(page.objects());
            } finally {
                page.objects().forEach(KubernetesObject::close);
            }
            next = page.next();
        } while (!next.isEmpty());
    }

    /** The version the cluster is at now. */
    ResourceVersion clusterVersion() {
        return new ResourceVersion(
                page(ObjectKind.ConfigMap, 1, "", METADATA_ONLY).resourceVersion());
    }

    private ObjectParser.Page page(ObjectKind kind, int limit, String next, String accept) {
        var path = "api/v1/" + plural(kind) + "?limit=" + limit
                + (next.isEmpty() ? "" : "&continue=" + encode(next))
                + (kind == ObjectKind.Secret ? "&fieldSelector=" + encode(typeSelector()) : "");
        var answer = get(path, accept);
        var body = body(answer);
        try {
            return ObjectParser.page(kind, body);
        } catch (IOException e) {
            throw new KubernetesRefused(answer.code());
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    private static byte[] body(HttpResponse<byte[]> answer) {
        if (!answer.isSuccessful()) {
            throw new KubernetesRefused(answer.code());
        }
        return answer.body();
    }

    private HttpResponse<byte[]> get(String path, String accept) {
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl() + path))
                .setHeader("Accept", accept)
                .build();
        var answer = http.sendAsync(request, byte[].class);
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(true);
            throw new KubernetesRefused(0);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new KubernetesRefused(0);
        }
    }

    private static String typeSelector() {
        return ObjectFilter.IGNORED_TYPES.stream()
                .sorted()
                .map(type -> "type!=" + type)
                .collect(Collectors.joining(","));
    }

    private static String plural(ObjectKind kind) {
        return switch (kind) {
            case Secret -> "secrets";
            case ConfigMap -> "configmaps";
            case SecretRotation -> throw new IllegalArgumentException("Read through its own informer");
        };
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
