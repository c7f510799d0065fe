package io.keyturn.watcher.observe;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.keyturn.contract.reference.ObjectKind;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A second Kubernetes client that asks for metadata only: what its lists and watches deliver has no values in it. fabric8 has no
 * API for this; an interceptor sets the Accept header.
 */
@ApplicationScoped
class MetadataClient {
    private static final String FORM = "application/json;as=%s;g=meta.k8s.io;v=v1";
    private static final String LIST = FORM.formatted("PartialObjectMetadataList");
    private static final String WATCH = FORM.formatted("PartialObjectMetadata");

    private final KubernetesClient client;

    MetadataClient(KubernetesClient main, MeterRegistry metrics) {
        client = new KubernetesClientBuilder()
                .withConfig(main.getConfiguration())
                .withHttpClientBuilderConsumer(
                        builder -> builder.addOrReplaceInterceptor("metadata-only", new MetadataOnly(metrics)))
                .build();
    }

    /** For lists and watches only. */
    KubernetesClient client() {
        return client;
    }

    @PreDestroy
    void close() {
        client.close();
    }

    /** Sets the header, and counts lists: more than one per kind and start means a watch was lost. */
    private record MetadataOnly(MeterRegistry metrics) implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            var uri = request.uri();
            var query = String.valueOf(uri.getRawQuery());
            if (query.contains("watch=true")) {
                builder.setHeader("Accept", WATCH);
                return;
            }
            builder.setHeader("Accept", LIST);
            if (!query.contains("continue=")) {
                var kind = uri.getPath().endsWith("/secrets") ? ObjectKind.Secret : ObjectKind.ConfigMap;
                metrics.counter("keyturn.watch.relists", "kind", kind.name()).increment();
            }
        }
    }
}
