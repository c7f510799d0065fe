package io.keyturn.testbed.pod;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import io.fabric8.kubernetes.client.KubernetesClient;

/** Where a pod's references are read: the Secrets and ConfigMaps of one namespace, as they are now. */
interface ConfigSource {

    Optional<Map<String, byte[]>> secret(String name);

    Optional<Map<String, byte[]>> configMap(String name);

    /** Asks the API server each time. */
    static ConfigSource of(KubernetesClient client, String namespace) {
        return new ConfigSource() {
            @Override
            public Optional<Map<String, byte[]>> secret(String name) {
                var secret =
                        client.secrets().inNamespace(namespace).withName(name).get();
                return Optional.ofNullable(secret).map(found -> decoded(found.getData()));
            }

            @Override
            public Optional<Map<String, byte[]>> configMap(String name) {
                var map = client.configMaps()
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
                return Optional.ofNullable(map).map(found -> {
                    var data = decoded(found.getBinaryData());
                    if (found.getData() != null) {
                        found.getData().forEach((key, text) -> data.put(key, text.getBytes(StandardCharsets.UTF_8)));
                    }
                    return data;
                });
            }
        };
    }

    private static Map<String, byte[]> decoded(@org.jspecify.annotations.Nullable Map<String, String> base64) {
        var data = new HashMap<String, byte[]>();
        if (base64 != null) {
            base64.forEach((key, text) -> data.put(key, Base64.getDecoder().decode(text)));
        }
        return data;
    }
}
