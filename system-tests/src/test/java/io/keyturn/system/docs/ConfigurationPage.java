package io.keyturn.system.docs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** {@code docs/reference/configuration.md}, from the sources of the {@code @ConfigMapping} interfaces. */
final class ConfigurationPage {
    static final String PATH = "docs/reference/configuration.md";

    private static final Pattern TOKEN = Pattern.compile("""
            /\\*\\*(?<doc>.*?)\\*/\
            |/\\*.*?\\*/|//[^\\n]*\
            |@ConfigMapping\\(prefix = "(?<prefix>[^"]*)"\\)\
            |@WithDefault\\("(?<value>(?:[^"\\\\]|\\\\.)*)"\\)\
            |@WithName\\("(?<named>[^"]*)"\\)\
            |"(?:[^"\\\\]|\\\\.)*"\
            |\\b(?<kind>interface|class|record|enum)\\s+(?<type>\\w+)[^{;]*\\{\
            |(?<open>\\{)|(?<close>})\
            |(?<result>[\\w.]+(?:<[\\w.<>, ]+>)?)\\s+(?<method>\\w+)\\(\\);""", Pattern.DOTALL);

    private ConfigurationPage() {}

    /** One property: its name is relative to the interface that declares it. */
    record Property(String name, String type, @Nullable String value, String meaning) {}

    /** What is declared in one file: the root interface, what it says of itself, its prefix, and the properties of every interface by name. */
    record Mapping(String prefix, String root, String meaning, Map<String, List<Property>> interfaces) {
        List<Property> flat() {
            var all = new ArrayList<Property>();
            flatten(prefix + ".", root, all);
            return all;
        }

        private void flatten(String before, String type, List<Property> all) {
            for (var property : interfaces.getOrDefault(type, List.of())) {
                if (interfaces.containsKey(property.type())) {
                    flatten(before + property.name() + ".", property.type(), all);
                } else {
                    all.add(new Property(
                            before + property.name(), property.type(), property.value(), property.meaning()));
                }
            }
        }
    }

    static String make() {
        var page = new StringBuilder("""
                # Configuration

                Made from the services' sources, do not edit. Each property can be given as an environment variable too: upper case, every
                other character an underscore (`keyturn.cluster` is `KEYTURN_CLUSTER`). Lengths of time are written `30s`, `10m`, `1h`.
                Addresses and credentials of Kafka, PostgreSQL, Vault and Kubernetes are given by the properties of Quarkus and its clients
                (`kafka.*`, `quarkus.datasource.*`, `quarkus.flyway.*`, `quarkus.vault.*`, `quarkus.kubernetes-client.*`);
                the [chart](../../deploy/helm/keyturn/values.yaml) and the [compose file](../../docker-compose.yml) show which.
                """);
        for (var module : Repository.MODULES) {
            var mappings = Repository.sources(module).stream()
                    .filter(source -> source.contains("@ConfigMapping("))
                    .map(ConfigurationPage::read)
                    .toList();
            if (!mappings.isEmpty()) {
                page.append("\n## ").append(module.equals("service-kit") ? "What services share" : module);
                mappings.forEach(mapping -> page.append("\n\n").append(section(mapping)));
                page.append('\n');
            }
        }
        return page.toString();
    }

    /** What the interface says of itself, and its properties. */
    private static String section(Mapping mapping) {
        var section = new StringBuilder(mapping.meaning())
                .append("\n\n| property | type | default | meaning |\n|---|---|---|---|\n");
        mapping.flat()
                .forEach(p -> section.append(
                        "| `%s` | %s | %s | %s |\n".formatted(p.name(), type(p.type()), value(p), p.meaning())));
        return section.toString().stripTrailing();
    }

    static Mapping read(String source) {
        var interfaces = new HashMap<String, List<Property>>();
        var open = new ArrayDeque<String>();
        var prefix = "";
        var root = "";
        var meaning = "";
        var doc = "";
        @Nullable String value = null;
        @Nullable String named = null;
        var tokens = TOKEN.matcher(source);
        while (tokens.find()) {
            if (tokens.group("doc") != null) {
                doc = Repository.paragraph(tokens.group("doc"));
            } else if (tokens.group("prefix") != null) {
                prefix = tokens.group("prefix");
            } else if (tokens.group("value") != null) {
                value = tokens.group("value");
            } else if (tokens.group("named") != null) {
                named = tokens.group("named");
            } else if (tokens.group("kind") != null) {
                boolean mapping = tokens.group("kind").equals("interface");
                open.push(mapping ? tokens.group("type") : "");
                if (mapping) {
                    meaning = root.isEmpty() ? doc : meaning;
                    root = root.isEmpty() ? tokens.group("type") : root;
                    interfaces.putIfAbsent(tokens.group("type"), new ArrayList<>());
                }
                doc = "";
            } else if (tokens.group("open") != null) {
                open.push("");
            } else if (tokens.group("close") != null) {
                open.pop();
            } else if (tokens.group("method") != null) {
                var members = interfaces.get(open.isEmpty() ? "" : open.peek());
                if (members != null) {
                    var name = named == null ? kebab(tokens.group("method")) : named;
                    members.add(new Property(name, tokens.group("result"), value, doc));
                }
                doc = "";
                value = null;
                named = null;
            }
        }
        return new Mapping(prefix, root, meaning, interfaces);
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String type(String java) {
        var bare = java.replaceAll("^Optional<(.*)>$", "$1").replaceAll("^(?:Set|List)<(.*)>$", "list of $1");
        return bare.replace("Duration", "length of time").replace("String", "text");
    }

    private static String value(Property property) {
        return property.value() != null
                ? "`" + property.value() + "`"
                : property.type().startsWith("Optional") ? "none" : "must be given";
    }
}
