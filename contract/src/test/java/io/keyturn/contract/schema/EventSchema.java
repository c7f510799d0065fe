package io.keyturn.contract.schema;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyturn.contract.codec.RecordShape;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.generate.SourceDoc;

/** The JSON Schema 2020-12 of an event, closed, made from its record. */
public final class EventSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, ObjectNode> definitions = new TreeMap<>();

    private EventSchema() {}

    /** Where the schema of this event is kept. */
    public static String path(EventType type) {
        return "contract/src/main/resources/schema/v1/" + type.fileName() + ".json";
    }

    public static ObjectNode of(EventType type) {
        var schema = JSON.objectNode()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("$id", "urn:keyturn:schema:v1:" + type.fileName())
                .put("title", type.type());
        var maker = new EventSchema();
        schema.setAll(maker.object(type.record()));
        if (!maker.definitions.isEmpty()) {
            schema.set("$defs", JSON.objectNode().setAll(maker.definitions));
        }
        return schema;
    }

    /** The components of a record in the order their JSON has. */
    public static List<RecordComponent> components(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .sorted(Comparator.comparing(RecordComponent::getName))
                .toList();
    }

    private ObjectNode object(Class<?> record) {
        var doc = SourceDoc.of(record);
        var object = JSON.objectNode().put("description", doc.description()).put("type", "object");
        var required = JSON.arrayNode();
        var properties = JSON.objectNode();
        for (var component : components(record)) {
            var property = component.getType() == String.class
                    ? text(ReferenceForm.ofComponent(record, component.getName()))
                    : shape(component.getGenericType());
            var said = doc.params().get(component.getName());
            if (said != null) {
                property.put("description", said);
            }
            properties.set(component.getName(), property);
            if (!RecordShape.isOptional(component)) {
                required.add(component.getName());
            }
        }
        object.set("required", required);
        object.set("properties", properties);
        return object.put("additionalProperties", false);
    }

    private ObjectNode shape(Type type) {
        if (type instanceof ParameterizedType generic) {
            var arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class ? list(arguments[0]) : map(arguments[0], arguments[1]);
        }
        var plain = (Class<?>) type;
        if (plain == Instant.class) {
            return JSON.objectNode().put("type", "string").put("format", "date-time");
        }
        if (plain == int.class || plain == Integer.class) {
            return JSON.objectNode().put("type", "integer").put("format", "int32");
        }
        if (plain == long.class || plain == Long.class) {
            return JSON.objectNode().put("type", "integer").put("format", "int64");
        }
        if (!plain.isEnum() && !plain.isRecord()) {
            throw new IllegalArgumentException("No schema for " + plain.getName());
        }
        define(plain);
        return JSON.objectNode().put("$ref", "#/$defs/" + plain.getSimpleName());
    }

    private ObjectNode list(Type item) {
        ObjectNode list = JSON.objectNode().put("type", "array");
        return list.set("items", shape(item));
    }

    private ObjectNode map(Type key, Type value) {
        var map = JSON.objectNode().put("type", "object");
        map.set("propertyNames", shape(key));
        return map.set("additionalProperties", shape(value));
    }

    private void define(Class<?> type) {
        if (definitions.containsKey(type.getSimpleName())) {
            return;
        }
        definitions.put(type.getSimpleName(), JSON.objectNode());
        definitions.put(type.getSimpleName(), definition(type));
    }

    private ObjectNode definition(Class<?> type) {
        if (type.isEnum()) {
            var names = JSON.arrayNode();
            Arrays.stream(type.getEnumConstants()).map(Object::toString).forEach(names::add);
            ObjectNode choice = JSON.objectNode()
                    .put("description", SourceDoc.of(type).description())
                    .put("type", "string");
            return choice.set("enum", names);
        }
        return ReferenceForm.of(type).map(form -> described(type, text(form))).orElseGet(() -> object(type));
    }

    private static ObjectNode described(Class<?> type, JsonNode rest) {
        ObjectNode described =
                JSON.objectNode().put("description", SourceDoc.of(type).description());
        return described.setAll((ObjectNode) rest);
    }

    private static ObjectNode text(ReferenceForm form) {
        return JSON.objectNode()
                .put("type", "string")
                .put("pattern", form.pattern())
                .put("maxLength", form.maxLength());
    }
}
