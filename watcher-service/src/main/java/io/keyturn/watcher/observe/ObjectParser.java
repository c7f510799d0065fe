package io.keyturn.watcher.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.watcher.statement.Provenance.OwnerReference;

/**
 * Reads answers of the API server token by token, so that a value becomes bytes that can be wiped, and never a String. Parser
 * buffers are not reused for other documents.
 */
final class ObjectParser {
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final JsonParser json;
    private final ObjectKind kind;

    /** One page of a list; whoever reads it closes the objects. {@code next} is empty on the last page. */
    record Page(String resourceVersion, String next, List<KubernetesObject> objects) {}

    /** Reads one member or element; its first token is the current one, and its last one is when this returns. */
    private interface Step<T> {
        void read(T name) throws IOException;
    }

    private ObjectParser(JsonParser json, ObjectKind kind) {
        this.json = json;
        this.kind = kind;
    }

    /** Reads one object. */
    static KubernetesObject object(ObjectKind kind, byte[] body) throws IOException {
        try (var json = JSON.createParser(body)) {
            json.nextToken();
            return new ObjectParser(json, kind).readObject();
        }
    }

    /** Reads one page of a list. */
    static Page page(ObjectKind kind, byte[] body) throws IOException {
        try (var json = JSON.createParser(body)) {
            json.nextToken();
            return new ObjectParser(json, kind).readPage();
        }
    }

    private void members(Step<String> member) throws IOException {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                json.nextToken();
                member.read(name);
            }
        }
    }

    private void elements(Step<Integer> element) throws IOException {
        if (json.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
                element.read(i);
            }
        }
    }

    private Page readPage() throws IOException {
        var head = new HashMap<String, String>();
        var objects = new ArrayList<KubernetesObject>();
        members(name -> {
            switch (name) {
                case "metadata" -> readTexts(head);
                case "items" -> elements(_ -> objects.add(readObject()));
                default -> json.skipChildren();
            }
        });
        return new Page(head.getOrDefault("resourceVersion", ""), head.getOrDefault("continue", ""), objects);
    }

    private KubernetesObject readObject() throws IOException {
        var object = new KubernetesObject();
        members(name -> {
            switch (name) {
                case "metadata" -> readMetadata(object);
                case "type" -> object.type = json.getText();
                case "data" -> members(key -> object.values.put(key, kind == ObjectKind.Secret ? base64() : utf8()));
                case "binaryData" -> members(key -> object.values.put(key, base64()));
                default -> json.skipChildren();
            }
        });
        return object;
    }

    private void readMetadata(KubernetesObject object) throws IOException {
        members(name -> {
            switch (name) {
                case "namespace" -> object.namespace = json.getText();
                case "name" -> object.name = json.getText();
                case "uid" -> object.uid = json.getText();
                case "resourceVersion" -> object.resourceVersion = json.getText();
                case "labels" -> readTexts(object.labels);
                case "annotations" -> readTexts(object.annotations);
                case "ownerReferences" -> elements(_ -> object.owners.add(readOwner()));
                case "managedFields" -> elements(_ -> readManager(object));
                default -> json.skipChildren();
            }
        });
    }

    private OwnerReference readOwner() throws IOException {
        var texts = new HashMap<String, String>();
        readTexts(texts);
        return new OwnerReference(
                texts.getOrDefault("apiVersion", ""),
                texts.getOrDefault("kind", ""),
                texts.getOrDefault("name", ""),
                "true".equals(texts.get("controller")));
    }

    private void readManager(KubernetesObject object) throws IOException {
        var texts = new HashMap<String, String>();
        members(name -> {
            if (name.equals("fieldsV1")) {
                members(field -> {
                    texts.put(field, "");
                    json.skipChildren();
                });
            } else {
                texts.put(name, json.getText());
                json.skipChildren();
            }
        });
        if (texts.containsKey("f:data") || texts.containsKey("f:binaryData")) {
            object.dataManagers.add(texts.getOrDefault("manager", ""));
        }
    }

    private void readTexts(Map<String, String> into) throws IOException {
        members(name -> {
            if (json.currentToken().isScalarValue()) {
                into.put(name, json.getText());
            }
            json.skipChildren();
        });
    }

    private byte[] base64() throws IOException {
        return json.currentToken() == JsonToken.VALUE_STRING ? json.getBinaryValue() : new byte[0];
    }

    private byte[] utf8() throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            return new byte[0];
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(
                CharBuffer.wrap(json.getTextCharacters(), json.getTextOffset(), json.getTextLength()));
        var exact = new byte[encoded.remaining()];
        encoded.get(exact);
        Arrays.fill(encoded.array(), (byte) 0);
        return exact;
    }
}
