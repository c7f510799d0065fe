package io.keyturn.contract.page;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.keyturn.contract.codec.RecordShape;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.generate.SourceDoc;
import io.keyturn.contract.schema.EventSchema;
import io.keyturn.contract.schema.ReferenceForm;
import io.keyturn.contract.topic.Service;
import io.keyturn.contract.topic.Topic;

/** {@code docs/reference/events.md}: topics, events, and the references they hold. */
final class EventsPage {
    static final String PATH = "docs/reference/events.md";

    private final StringBuilder page = new StringBuilder();
    private final Map<String, Class<?>> references = new TreeMap<>();

    private EventsPage() {}

    static String make() {
        return new EventsPage().page();
    }

    private String page() {
        page.append("""
                # Events

                Made from the records of `io.keyturn.contract.event`, do not edit.

                Every record on these topics is a CloudEvent 1.0 in Kafka's binary mode: attributes in headers `ce_*`, JSON in the value.
                `ce_id` is unique per `ce_source` and stays the same when a record is sent again. The record key and `ce_partitionkey` are
                `<cluster>/<namespace>/<kind>/<name>` of what the event is about. `ce_traceparent`, where there is one, continues the trace.
                `ce_source` is a URI reference of at most 512 characters; `ce_time` lies in the years 1 to 9999; a trace that is not W3C's is
                passed over.
                Each event has a JSON Schema in `contract/src/main/resources/schema/v1`; it is closed for producers, and readers pass over
                fields they do not know. No field can hold a secret value: fields are references, choices, numbers and instants.
                A record may have 1 MiB, and so may what a compressed one unpacks to: topics have `compression.type=uncompressed`, so the broker
                unpacks it, in its own memory, and refuses what is larger. Without that setting a few packed bytes could exhaust the memory
                of every reader.
                [asyncapi.yaml](asyncapi.yaml) says the same for tools, [reasons.md](reasons.md) explains the reasons.

                """);
        for (var topic : Topic.values()) {
            topic(topic);
        }
        deadLetters();
        references();
        return page.toString().stripTrailing() + "\n";
    }

    private void topic(Topic topic) {
        var config = topic.config();
        var kept = "compact".equals(config.get("cleanup.policy"))
                ? "the last state of each key; a tombstone follows the last one"
                : Long.parseLong(String.valueOf(config.get("retention.ms"))) / 86_400_000 + " days";
        page.append("## %s%n%n".formatted(topic.topicName()));
        page.append("Kept: %s. Written by %s. Read by %s.%n%n"
                .formatted(kept, names(topic.writers()), names(topic.readers())));
        Arrays.stream(EventType.values()).filter(type -> type.topic() == topic).forEach(this::event);
    }

    private void event(EventType type) {
        var doc = SourceDoc.of(type.record());
        page.append("### %s%n%n%s%n%n".formatted(type.type(), doc.description()));
        fields(type.record(), doc);
    }

    private void fields(Class<?> record, SourceDoc doc) {
        page.append("| field | type | required | |%n|---|---|---|---|%n".formatted());
        for (var component : EventSchema.components(record)) {
            page.append(row(component, doc));
        }
        page.append('\n');
    }

    private String row(RecordComponent component, SourceDoc doc) {
        return "| `%s` | %s | %s | %s |%n"
                .formatted(
                        component.getName(),
                        name(component.getGenericType()),
                        RecordShape.isOptional(component) ? "no" : "yes",
                        doc.params().getOrDefault(component.getName(), ""));
    }

    private void deadLetters() {
        page.append("""
                ## Dead letters

                A record that is no event of ours is put aside by each of its readers, on a topic of that reader, with its key and value as they
                were (left out if larger than an event can be), and four headers: `keyturn-reason` (see
                [reasons.md](reasons.md#why-a-record-is-a-dead-letter)), `keyturn-topic`, `keyturn-partition` and `keyturn-offset` say why, and where
                it lay. Kept: %d days. Counted in `keyturn.dead.letters`.

                | reader | topic | dead letters |
                |---|---|---|
                """.formatted(
                        Long.parseLong(String.valueOf(Topic.deadLetterConfig().get("retention.ms"))) / 86_400_000));
        for (var topic : Topic.values()) {
            topic.readers().stream()
                    .sorted()
                    .forEach(reader -> page.append("| %s | `%s` | `%s` |%n"
                            .formatted(reader.principal(), topic.topicName(), topic.deadLetterTopic(reader))));
        }
        page.append('\n');
    }

    private void references() {
        page.append("## Types%n%n".formatted());
        for (var done = Set.<String>of(); !done.containsAll(references.keySet()); ) {
            var now = Set.copyOf(references.keySet());
            references.values().stream().toList().forEach(this::mention);
            done = now;
        }
        references.forEach((name, type) -> {
            var doc = SourceDoc.of(type);
            page.append("### %s%n%n%s%n%n".formatted(name, doc.description()));
            if (type.isEnum()) {
                choices(type, doc);
            } else {
                ReferenceForm.of(type)
                        .ifPresentOrElse(
                                form -> page.append("A text of at most %d characters: `%s`%n%n"
                                        .formatted(form.maxLength(), form.pattern())),
                                () -> fields(type, doc));
            }
        });
    }

    /** Notes the types of an object's components, so that they get their paragraph too. */
    private void mention(Class<?> type) {
        if (type.isRecord() && ReferenceForm.of(type).isEmpty()) {
            for (var component : type.getRecordComponents()) {
                name(component.getGenericType());
            }
        }
    }

    private void choices(Class<?> type, SourceDoc doc) {
        for (var constant : List.of(type.getEnumConstants())) {
            var said = doc.constants().get(constant.toString());
            page.append("- `%s`%s%n".formatted(constant, said == null ? "" : ": " + said));
        }
        page.append('\n');
    }

    private String name(Type type) {
        if (type instanceof ParameterizedType generic) {
            var arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? "list of " + name(arguments[0])
                    : "object: " + name(arguments[0]) + " to " + name(arguments[1]);
        }
        var plain = (Class<?>) type;
        if (plain == Instant.class) {
            return "instant";
        }
        if (plain == String.class) {
            return "text";
        }
        if (!plain.isEnum() && !plain.isRecord()) {
            return "number";
        }
        references.put(plain.getSimpleName(), plain);
        return "[%s](#%s)"
                .formatted(plain.getSimpleName(), plain.getSimpleName().toLowerCase(Locale.ROOT));
    }

    private static String names(Set<Service> services) {
        return Arrays.stream(Service.values())
                .filter(services::contains)
                .map(Service::principal)
                .collect(Collectors.joining(", "));
    }
}
