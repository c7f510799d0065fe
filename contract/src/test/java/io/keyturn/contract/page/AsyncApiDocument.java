package io.keyturn.contract.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.generate.SourceDoc;
import io.keyturn.contract.generate.Yaml;
import io.keyturn.contract.schema.EventSchema;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;
import org.jspecify.annotations.Nullable;

/** {@code docs/reference/asyncapi.yaml}: the topics and events as AsyncAPI 3.0. */
final class AsyncApiDocument {
    static final String PATH = "docs/reference/asyncapi.yaml";

    private static final String KAFKA_BINDING = "0.5.0";

    private AsyncApiDocument() {}

    static String make() {
        return "# Made from the contract, do not edit.\n" + Yaml.write(document());
    }

    private static Map<String, Object> document() {
        var info = map(
                "title", "Keyturn",
                "version", "1.0.0",
                "description",
                        "The facts that travel between the services of Keyturn, as CloudEvents in Kafka's binary mode.",
                "license", map("name", "Apache-2.0"));
        var channels = map();
        var operations = map();
        for (var topic : Topic.values()) {
            channels.put(id(topic), channel(topic));
            for (var service : Service.values()) {
                if (topic.writers().contains(service)) {
                    operations.put(service.principal() + "-sends-" + id(topic), operation("send", service, topic));
                }
                if (topic.readers().contains(service)) {
                    operations.put(
                            service.principal() + "-receives-" + id(topic), operation("receive", service, topic));
                }
            }
        }
        var messages = map();
        for (var type : EventType.values()) {
            messages.put(type.fileName(), message(type));
        }
        return map(
                "asyncapi",
                "3.0.0",
                "info",
                info,
                "defaultContentType",
                "application/json",
                "channels",
                channels,
                "operations",
                operations,
                "components",
                map("messages", messages, "messageTraits", map("cloudEvent", cloudEvent())));
    }

    private static Map<String, Object> channel(Topic topic) {
        var messages = map();
        Arrays.stream(EventType.values())
                .filter(type -> type.topic() == topic)
                .forEach(type -> messages.put(type.fileName(), ref("#/components/messages/" + type.fileName())));
        return map(
                "address", topic.topicName(),
                "messages", messages,
                "bindings",
                        map(
                                "kafka",
                                map(
                                        "topic", topic.topicName(),
                                        "partitions", topic.partitions(),
                                        "topicConfiguration", configuration(topic.config()),
                                        "bindingVersion", KAFKA_BINDING)));
    }

    /** The settings the binding has a field for, in its types. */
    private static Map<String, Object> configuration(Map<String, String> config) {
        var configuration = map();
        config.forEach((name, value) -> {
            switch (name) {
                case "cleanup.policy" -> configuration.put(name, List.of(value));
                case "retention.ms", "delete.retention.ms", "max.message.bytes" ->
                    configuration.put(name, Long.parseLong(value));
                default -> {
                    // The binding has no place for it; topics.yaml does.
                }
            }
        });
        return configuration;
    }

    private static Map<String, Object> operation(String action, Service service, Topic topic) {
        var messages = new ArrayList<Object>();
        Arrays.stream(EventType.values())
                .filter(type -> type.topic() == topic)
                .forEach(type -> messages.add(ref("#/channels/" + id(topic) + "/messages/" + type.fileName())));
        return map(
                "action",
                action,
                "channel",
                ref("#/channels/" + id(topic)),
                "tags",
                List.of(map("name", service.principal())),
                "messages",
                messages);
    }

    private static Map<String, Object> message(EventType type) {
        var doc = SourceDoc.of(type.record());
        return map(
                "name", type.type(),
                "title", type.record().getSimpleName(),
                "summary", doc.description(),
                "contentType", "application/json",
                "traits", List.of(ref("#/components/messageTraits/cloudEvent")),
                "payload",
                        map(
                                "schemaFormat",
                                "application/schema+json;version=draft-2020-12",
                                "schema",
                                ref("../../" + EventSchema.path(type))));
    }

    private static Map<String, Object> cloudEvent() {
        var headers = map();
        headers.put("ce_specversion", map("type", "string", "const", "1.0"));
        headers.put("ce_id", text("Unique per source; stays the same when a record is sent again.", "uuid"));
        headers.put("ce_source", text("/clusters/<cluster>/<service>", "uri-reference"));
        headers.put("ce_type", text("The name of the message.", null));
        headers.put("ce_subject", text("<namespace>/<kind>/<name> of what the event is about.", null));
        headers.put("ce_time", text("When the fact was stated.", "date-time"));
        headers.put("ce_datacontenttype", map("type", "string", "const", "application/json"));
        headers.put("ce_partitionkey", text("The record key.", null));
        headers.put("ce_traceparent", text("W3C trace context, where there is one.", null));
        var required = headers.keySet().stream()
                .filter(name -> !name.equals("ce_traceparent"))
                .toList();
        return map(
                "headers", map("type", "object", "required", required, "properties", headers),
                "bindings",
                        map(
                                "kafka",
                                map(
                                        "key",
                                        map(
                                                "type", "string",
                                                "description", "<cluster>/<namespace>/<kind>/<name>"),
                                        "bindingVersion",
                                        KAFKA_BINDING)));
    }

    private static Map<String, Object> text(String description, @Nullable String format) {
        var text = map("type", "string", "description", description);
        if (format != null) {
            text.put("format", format);
        }
        return text;
    }

    private static Map<String, Object> ref(String target) {
        return map("$ref", target);
    }

    private static String id(Topic topic) {
        return topic.topicName().substring("keyturn.".length()).replace(".v", "-v");
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
