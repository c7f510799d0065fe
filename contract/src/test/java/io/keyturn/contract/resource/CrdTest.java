package io.keyturn.contract.resource;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The CRD users apply and the records the services read are the same thing. What its rules refuse is tried on a real API server elsewhere. */
class CrdTest {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();
    private static final JsonNode CRD = Yaml.read(GeneratedFile.read("deploy/crds/secretrotations.keyturn.io.yaml"));
    private static final JsonNode VERSION = CRD.at("/spec/versions/0");
    private static final JsonNode SCHEMA = VERSION.at("/schema/openAPIV3Schema");

    @Test
    void namesAreThoseOfTheCode() {
        assertThat(CRD.at("/spec/group").asText()).isEqualTo(SecretRotation.GROUP);
        assertThat(CRD.at("/spec/names/kind").asText()).isEqualTo(SecretRotation.class.getSimpleName());
        assertThat(CRD.at("/spec/names/shortNames/0").asText()).isEqualTo("srot");
        assertThat(VERSION.get("name").asText()).isEqualTo(SecretRotation.VERSION);
        assertThat(VERSION.at("/subresources/status").isObject()).isTrue();
        assertThat(VERSION.findValuesAsText("name")).contains("Phase", "Age", "Next", "Last outcome", "Principal");
    }

    @Test
    void specHasExactlyTheFieldsOfTheRecords() {
        assertSame("spec", SCHEMA.at("/properties/spec"), SecretRotationSpec.class);
    }

    @Test
    void statusHasExactlyTheFieldsOfTheRecords() {
        assertSame("status", SCHEMA.at("/properties/status"), SecretRotationStatus.class);
    }

    @Test
    void everyFieldIsDescribed() {
        walk("", SCHEMA.get("properties"), (path, field) -> {
            if (path.startsWith(".spec") || path.startsWith(".status")) {
                assertThat(field.path("description").asText()).as(path).isNotBlank();
            }
        });
    }

    @Test
    void everythingIsBounded() {
        var unbounded = new ArrayList<String>();
        everySchema(SCHEMA.at("/properties/spec"), "spec", (path, schema) -> {
            var bounded = switch (schema.path("type").asText()) {
                case "string" -> schema.has("maxLength") || schema.has("enum") || schema.has("format");
                case "array" -> schema.has("maxItems");
                case "integer" -> schema.has("minimum") && schema.has("maximum");
                case "object" -> !schema.has("additionalProperties") || schema.has("maxProperties");
                default -> true;
            };
            if (!bounded) {
                unbounded.add(path);
            }
        });
        assertThat(unbounded).isEmpty();
    }

    @Test
    void everyRuleSaysWhatToDo() {
        var rules = SCHEMA.findValues("x-kubernetes-validations");

        assertThat(rules)
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list)
                        .allSatisfy(rule -> assertThat(rule.path("message").asText())
                                .as(rule.path("rule").asText())
                                .isNotBlank()));
    }

    @Test
    void listsOfConditionsAreMapsByType() {
        var conditions = SCHEMA.at("/properties/status/properties/conditions");

        assertThat(conditions.get("x-kubernetes-list-type").asText()).isEqualTo("map");
        assertThat(conditions.at("/x-kubernetes-list-map-keys/0").asText()).isEqualTo("type");
    }

    @ParameterizedTest
    @CsvSource({
        "30d, true",
        "12h, true",
        "10m, true",
        "1h30m, true",
        "0s, true",
        "1d2h3m4s, true",
        "2w, false",
        "30, false",
        "1m1h, false",
        "-1d, false",
        "P1D, false",
        "1 h, false",
        "100000d, false"
    })
    void lengthOfTimeIsReadAsTheSchemaHasIt(String text, boolean fine) {
        var rule = SCHEMA.at("/properties/spec/properties/retire/properties/after/x-kubernetes-validations/0/rule")
                .asText();
        var pattern = rule.substring("self.matches('".length(), rule.length() - "')".length());

        assertThat(text.matches(pattern)).isEqualTo(fine);
        assertThat(isInterval(text)).isEqualTo(fine);
    }

    static Stream<Path> validExamples() throws IOException {
        return files("deploy/examples/valid");
    }

    @ParameterizedTest
    @MethodSource("validExamples")
    void validExampleIsReadWithoutLoss(Path file) throws IOException {
        var spec = Yaml.read(Files.readString(file)).get("spec");
        var read = MAPPER.treeToValue(spec, SecretRotationSpec.class);

        assertThat(MAPPER.<JsonNode>valueToTree(read)).isEqualTo(MAPPER.readTree(spec.toString()));
    }

    static Stream<Path> invalidExamples() throws IOException {
        return files("deploy/examples/invalid");
    }

    @ParameterizedTest
    @MethodSource("invalidExamples")
    void invalidExampleSaysWhatItIsToldAndIsNamedByItsFile(Path file) throws IOException {
        assertThat(Files.readAllLines(file).getFirst()).matches("# refused: spec[^ :]*: \\S.*");
        assertThat(Yaml.read(Files.readString(file)).at("/metadata/name").asText() + ".yaml")
                .isEqualTo(Objects.requireNonNull(file.getFileName()).toString());
    }

    /** So that no rule, and no field that it names, goes untried. */
    @Test
    void everyRuleHasAnExampleThatItRefuses() throws IOException {
        var refused = invalidExamples()
                .map(file -> GeneratedFile.read(file.toString()).lines().findFirst())
                .map(line -> line.orElseThrow().split(": ", 3))
                .toList();

        everySchema(
                SCHEMA.at("/properties/spec"),
                "spec",
                (path, schema) -> schema.path("x-kubernetes-validations").forEach(rule -> {
                    var field = path + rule.path("fieldPath").asText();
                    var message = rule.get("message").asText();
                    assertThat(refused)
                            .as(field + ": " + message)
                            .anyMatch(example -> schemaPath(example[1]).equals(field) && message.contains(example[2]));
                }));
    }

    /** {@code a[0].b[KEY]} as {@code a[].b.*}. */
    private static String schemaPath(String field) {
        return field.replaceAll("\\[\\d+]", "[]").replaceAll("\\[\\w+]", ".*");
    }

    private static void assertSame(String path, JsonNode schema, Type type) {
        switch (type) {
            case ParameterizedType list
            when list.getRawType() == List.class -> {
                assertType(path, schema, "array");
                assertSame(path + "[]", schema.get("items"), list.getActualTypeArguments()[0]);
            }
            case ParameterizedType map
            when map.getRawType() == Map.class -> {
                assertType(path, schema, "object");
                assertSame(path + ".*", schema.get("additionalProperties"), map.getActualTypeArguments()[1]);
            }
            case Class<?> plain
            when plain == String.class || plain == Interval.class -> assertType(path, schema, "string");
            case Class<?> plain when plain == Boolean.class -> assertType(path, schema, "boolean");
            case Class<?> plain when plain == Integer.class -> assertNumber(path, schema, "int32");
            case Class<?> plain when plain == Long.class -> assertNumber(path, schema, "int64");
            case Class<?> plain
            when plain == Instant.class -> {
                assertType(path, schema, "string");
                assertThat(schema.get("format").asText()).as(path).isEqualTo("date-time");
            }
            case Class<?> plain
            when plain.isEnum() -> {
                assertType(path, schema, "string");
                assertThat(strings(schema.get("enum")))
                        .as(path)
                        .isEqualTo(strings(MAPPER.valueToTree(plain.getEnumConstants())));
            }
            case Class<?> plain when plain.isRecord() -> assertRecord(path, schema, plain);
            default -> throw new AssertionError(path + ": no schema type for " + type);
        }
    }

    private static void assertRecord(String path, JsonNode schema, Class<?> record) {
        assertType(path, schema, "object");
        var fields = new TreeSet<String>();
        schema.get("properties").fieldNames().forEachRemaining(fields::add);
        var components = new TreeSet<String>();
        Arrays.stream(record.getRecordComponents()).forEach(c -> components.add(c.getName()));
        assertThat(fields).as(path).isEqualTo(components);
        assertThat(fields).as(path).containsAll(strings(schema.path("required")));
        for (var component : record.getRecordComponents()) {
            assertSame(
                    path + "." + component.getName(),
                    schema.get("properties").get(component.getName()),
                    component.getGenericType());
        }
    }

    private static void assertType(String path, JsonNode schema, String type) {
        assertThat(schema.path("type").asText()).as(path).isEqualTo(type);
    }

    private static void assertNumber(String path, JsonNode schema, String format) {
        assertType(path, schema, "integer");
        assertThat(schema.path("format").asText()).as(path).isEqualTo(format);
    }

    private static Set<String> strings(JsonNode list) {
        var strings = new TreeSet<String>();
        list.forEach(item -> strings.add(item.asText()));
        return strings;
    }

    private static void walk(String path, JsonNode properties, BiConsumer<String, JsonNode> visit) {
        properties.properties().forEach(field -> {
            var schema = field.getValue();
            var inner = path + "." + field.getKey();
            visit.accept(inner, schema);
            walk(inner, schema.path("properties"), visit);
            walk(inner + "[]", schema.path("items").path("properties"), visit);
        });
    }

    private static void everySchema(JsonNode schema, String path, BiConsumer<String, JsonNode> visit) {
        visit.accept(path, schema);
        schema.path("properties")
                .properties()
                .forEach(field -> everySchema(field.getValue(), path + "." + field.getKey(), visit));
        if (schema.has("items")) {
            everySchema(schema.get("items"), path + "[]", visit);
        }
        if (schema.has("additionalProperties")) {
            everySchema(schema.get("additionalProperties"), path + ".*", visit);
        }
    }

    private static boolean isInterval(String text) {
        try {
            Interval.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Stream<Path> files(String folder) throws IOException {
        try (var files = Files.list(GeneratedFile.root().resolve(folder))) {
            return files.sorted().toList().stream();
        }
    }
}
