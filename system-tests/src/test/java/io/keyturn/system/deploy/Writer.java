package io.keyturn.system.deploy;

import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keyturn.testbed.process.Tools;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who writes SecretRotations.
 *
 * @param user the name that the API server knows them by
 * @param namespace where they write
 */
record Writer(String user, KubernetesClient client, String namespace) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /** Creates one with these annotations and returns its name; {@code generateName} if the name ends with a hyphen. */
    String create(String name, Map<String, String> annotations) {
        return client.resource(example(name, annotations))
                .create()
                .getMetadata()
                .getName();
    }

    /** The same, but only asks whether it would be accepted. */
    void wouldCreate(String name, Map<String, String> annotations) {
        client.resource(example(name, annotations)).dryRun().create();
    }

    /** Sets annotations, and removes those whose value is null, in one request: what {@code kubectl annotate --overwrite} does. */
    void annotate(String name, Map<String, @Nullable String> annotations) {
        patch(name, Map.of("metadata", Map.of("annotations", annotations)));
    }

    void patch(String name, Map<String, ?> change) {
        rotation(name).patch(MERGE, json(change));
    }

    Map<String, String> annotations(String name) {
        var annotations = rotation(name).get().getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    Resource<GenericKubernetesResource> rotation(String name) {
        return rotations().inNamespace(namespace).withName(name);
    }

    /** Writes the status by the API server's own HTTP interface and returns the code of the answer. */
    int writeStatus(String name, String method, String contentType, Object body) {
        var http = client.getHttpClient();
        var path = "apis/keyturn.io/v1alpha1/namespaces/" + namespace + "/secretrotations/" + name + "/status";
        var query = contentType.contains("apply") ? "?fieldManager=" + user : "";
        var request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + path + query)
                .method(method, contentType, json(body))
                .build();
        return http.sendAsync(request, String.class).join().code();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private MixedOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> rotations() {
        return client.genericKubernetesResources("keyturn.io/v1alpha1", "SecretRotation");
    }

    private GenericKubernetesResource example(String name, Map<String, String> annotations) {
        var example = rotations()
                .load(Tools.repository()
                        .resolve("deploy/examples/valid/single-role.yaml")
                        .toFile())
                .item();
        var metadata = new ObjectMeta();
        metadata.setNamespace(namespace);
        if (name.endsWith("-")) {
            metadata.setGenerateName(name);
        } else {
            metadata.setName(name);
        }
        metadata.setAnnotations(annotations);
        example.setMetadata(metadata);
        return example;
    }
}
