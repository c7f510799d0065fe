package io.keyturn.system.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import io.keyturn.testbed.process.Tools;

/** The Helm chart, rendered as {@code helm template} would. */
final class Chart {
    static final Path FOLDER = Tools.repository().resolve("deploy/helm/keyturn");
    static final Path EXAMPLE = Tools.repository().resolve("deploy/helm/example-values.yaml");
    /** Helm's built-in capabilities are those of an old cluster unless it is told. */
    private static final String KUBERNETES = "v1.35.4";

    private static final YAMLMapper YAML = new YAMLMapper();

    private Chart() {}

    /** The objects of the chart with the example's values and these on top, in namespace {@code keyturn-system}. */
    static List<JsonNode> render(Map<String, Object> values) {
        return documents(renderText(values));
    }

    /** The same as one text. */
    static String renderText(Map<String, Object> values) {
        var command = new Helm(FOLDER)
                .template()
                .withName("keyturn")
                .withNamespace("keyturn-system")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(EXAMPLE);
        values.forEach(command::set);
        return command.call();
    }

    /** The documents of a YAML text, empty ones left out; of a list, its elements. */
    static List<JsonNode> documents(String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll().stream()
                    .filter(document -> document.isContainerNode() && !document.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> documents(Path file) {
        return documents(read(file));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> ofKind(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    /** The objects by identity, without labels: these tell who installed an object, not what it means. */
    static Map<String, JsonNode> byIdentity(Stream<JsonNode> objects) {
        var found = new TreeMap<String, JsonNode>();
        objects.forEach(object -> {
            ((ObjectNode) object.get("metadata")).remove("labels");
            found.put(identity(object), object);
        });
        return found;
    }

    /** Kind, namespace and name. */
    static String identity(JsonNode object) {
        return String.join(
                "/",
                object.path("kind").asText(),
                object.at("/metadata/namespace").asText(),
                object.at("/metadata/name").asText());
    }
}
