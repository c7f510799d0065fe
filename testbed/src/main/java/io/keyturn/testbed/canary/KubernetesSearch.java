package io.keyturn.testbed.canary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Lists every kind that the API server can list, custom resources too, and looks at each object as JSON. */
final class KubernetesSearch {

    private static final ObjectMapper JSON = new ObjectMapper();

    private KubernetesSearch() {}

    static void search(KubernetesClient admin, Collection<String> allowedSecrets, SecretCanary.Look look) {
        for (String group : groups(admin)) {
            for (JsonNode resource : get(admin, group).path("resources")) {
                String plural = resource.path("name").asText();
                boolean listable = StreamSupport.stream(resource.path("verbs").spliterator(), false)
                        .anyMatch(verb -> "list".equals(verb.asText()));
                if (!listable) {
                    continue;
                }
                for (JsonNode object : get(admin, group + "/" + plural).path("items")) {
                    String name = object.at("/metadata/namespace").asText() + "/"
                            + object.at("/metadata/name").asText();
                    if (!("secrets".equals(plural) && allowedSecrets.contains(name))) {
                        byte[] content = object.toString().getBytes(StandardCharsets.UTF_8);
                        look.at("objects", "Kubernetes " + plural + " " + name, content);
                    }
                }
            }
        }
    }

    /** The core API and the preferred version of every group. */
    private static List<String> groups(KubernetesClient admin) {
        List<String> groups = new ArrayList<>(List.of("/api/v1"));
        for (JsonNode group : get(admin, "/apis").path("groups")) {
            groups.add("/apis/" + group.at("/preferredVersion/groupVersion").asText());
        }
        return groups;
    }

    private static JsonNode get(KubernetesClient admin, String path) {
        try {
            return JSON.readTree(admin.raw(path));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the API server's answer to " + path + " is not JSON");
        }
    }
}
