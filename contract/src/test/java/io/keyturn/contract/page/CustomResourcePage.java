package io.keyturn.contract.page;

import java.util.ArrayList;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;

/** {@code docs/reference/custom-resource.md}: the CRD as a table. */
final class CustomResourcePage {
    static final String PATH = "docs/reference/custom-resource.md";

    private final StringBuilder page = new StringBuilder();

    private CustomResourcePage() {}

    static String make() {
        return new CustomResourcePage().page();
    }

    private String page() {
        var crd = Yaml.read(GeneratedFile.read("deploy/crds/secretrotations.keyturn.io.yaml"));
        var version = crd.at("/spec/versions/0");
        var fields = version.at("/schema/openAPIV3Schema/properties");
        page.append("""
                # SecretRotation

                Made from `deploy/crds/secretrotations.keyturn.io.yaml`, do not edit.

                `%s/%s`, short name `%s`. Examples are in `deploy/examples`. `kubectl get srot` shows %s.
                What the rules below refuse, the API server refuses when you apply. What one object alone cannot tell (above all that Vault
                paths begin with the object's own namespace) rotation-service refuses with condition `Ready=False` and one of the
                [reasons](reasons.md).
                """.formatted(
                        crd.at("/spec/group").asText(),
                        version.get("name").asText(),
                        crd.at("/spec/names/shortNames/0").asText(),
                        version.get("additionalPrinterColumns")
                                .valueStream()
                                .map(column -> column.get("name").asText())
                                .collect(Collectors.joining(", "))));
        section("spec", fields.get("spec"));
        section("status", fields.get("status"));
        return page.toString();
    }

    private void section(String name, JsonNode schema) {
        page.append("%n## %s%n%n%s%n".formatted(name, schema.path("description").asText()));
        var rules = rules(schema, false);
        if (!rules.isEmpty()) {
            page.append("%n%s%n".formatted(rules));
        }
        page.append("%n| field | type | default | rule | |%n|---|---|---|---|---|%n".formatted());
        fields(name, schema);
    }

    private void fields(String path, JsonNode schema) {
        var required = Yaml.strings(schema.path("required"));
        schema.path("properties").properties().forEach(field -> {
            var name = path + "." + field.getKey();
            row(name, field.getValue(), required.contains(field.getKey()));
        });
    }

    private void row(String name, JsonNode schema, boolean required) {
        page.append("| `%s` | %s | %s | %s | %s |%n"
                .formatted(
                        name,
                        type(schema),
                        schema.has("default") && !schema.get("default").isObject()
                                ? "`" + schema.get("default").asText() + "`"
                                : "",
                        cell(rules(schema, required)),
                        cell(schema.path("description").asText())));
        fields(name, schema);
        if (schema.has("items")) {
            inner(name + "[]", schema.get("items"));
        }
        if (schema.has("additionalProperties")) {
            inner(name + ".*", schema.get("additionalProperties"));
        }
    }

    /** The elements of a list or map get a row of their own where there is something to say about them. */
    private void inner(String name, JsonNode schema) {
        if (schema.has("properties") && !schema.has("x-kubernetes-validations")) {
            fields(name, schema);
        } else {
            row(name, schema, false);
        }
    }

    private static String type(JsonNode schema) {
        return switch (schema.get("type").asText()) {
            case "array" -> "list";
            case "object" -> schema.has("additionalProperties") ? "map" : "object";
            case "integer" -> "number";
            case "string" -> schema.path("format").asText().equals("date-time") ? "instant" : "text";
            default -> schema.get("type").asText();
        };
    }

    private static String rules(JsonNode schema, boolean required) {
        var rules = new ArrayList<String>();
        if (required) {
            rules.add("required");
        }
        if (schema.has("enum")) {
            rules.add("one of "
                    + Yaml.strings(schema.get("enum")).stream()
                            .map(choice -> "`" + choice + "`")
                            .collect(Collectors.joining(", ")));
        }
        if (schema.has("minimum") && schema.has("maximum")) {
            rules.add(schema.get("minimum").asText() + " to "
                    + schema.get("maximum").asText());
        }
        if (schema.has("maxItems")) {
            rules.add("at most " + schema.get("maxItems").asText() + " items");
        }
        if (schema.has("minItems")) {
            rules.add("at least " + schema.get("minItems").asText() + " item");
        }
        if (schema.has("maxProperties")) {
            rules.add("at most " + schema.get("maxProperties").asText() + " of them");
        }
        schema.path("x-kubernetes-validations")
                .forEach(rule -> rules.add(rule.get("message").asText()));
        return String.join(". ", rules);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
