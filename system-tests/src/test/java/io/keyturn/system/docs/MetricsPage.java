package io.keyturn.system.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * {@code docs/reference/metrics.md}, from the calls in the sources that register a meter by a literal name. The meaning is the meter's
 * description; where a call has none, it stands here.
 */
final class MetricsPage {
    static final String PATH = "docs/reference/metrics.md";

    private static final Map<String, String> MEANINGS = Map.of(
            "keyturn.dead.letters", "Records that are no events and were put aside",
            "keyturn.rotation.step", "How long one step of a rotation took, each try by itself",
            "keyturn.rotations", "Rotations that ended",
            "keyturn.leader", "1 on the instance that leads, else 0",
            "keyturn.watch.events", "Events of the Kubernetes watches",
            "keyturn.watch.relists", "Full lists read from the Kubernetes API",
            "keyturn.statements", "Facts stated about Secrets and ConfigMaps",
            "keyturn.requests", "Rotations requested",
            "keyturn.plans.running", "Restart plans under way",
            "keyturn.restarts", "Workloads whose restart ended, by how");

    private static final Pattern METER = Pattern.compile(
            "(?:\\b(Counter|Timer|Gauge)\\s*\\.builder|\\.(counter|timer|gauge))\\(\\s*\"(keyturn\\.[a-z.]+)\"([^;]*);");
    private static final Pattern DESCRIPTION = Pattern.compile("\\.description\\(\\s*\"([^\"]*)\"\\)");
    private static final Pattern TAG = Pattern.compile("\\.tag\\(\\s*\"([a-z.]+)\"");

    private MetricsPage() {}

    /** One meter as its calls show it. */
    record Meter(String name, String kind, TreeSet<String> tags, String meaning) {
        String prometheus() {
            var base = name.replace('.', '_');
            return switch (kind) {
                case "counter" -> base + "_total";
                case "timer" -> base + "_seconds";
                default -> base;
            };
        }
    }

    static String make() {
        var page = new StringBuilder("""
                # Metrics

                Made from the services' sources, do not edit. Every service answers at `/q/metrics` in the format of Prometheus, with these and
                those of its libraries. No label ever names a secret.
                """);
        for (var module : Repository.MODULES) {
            var meters = meters(module);
            if (!meters.isEmpty()) {
                page.append("\n## ")
                        .append(module.equals("service-kit") ? "Every service" : module)
                        .append("\n\n| metric | kind | labels | meaning |\n|---|---|---|---|\n");
                meters.forEach(m -> page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                m.prometheus(),
                                m.kind(),
                                m.tags().isEmpty() ? "" : "`" + String.join("`, `", m.tags()) + "`",
                                m.meaning())));
            }
        }
        return page.toString();
    }

    static List<Meter> meters(String module) {
        var meters = new TreeMap<String, Meter>();
        for (var source : Repository.sources(module)) {
            var found = METER.matcher(source);
            while (found.find()) {
                boolean builder = found.group(1) != null;
                var kind = (builder ? found.group(1) : found.group(2)).toLowerCase(Locale.ROOT);
                var name = found.group(3);
                var rest = found.group(4);
                var tags = new TreeSet<String>();
                if (builder) {
                    TAG.matcher(rest).results().forEach(tag -> tags.add(tag.group(1)));
                } else if (!kind.equals("gauge")) {
                    tags.addAll(tags(rest));
                }
                var described = DESCRIPTION.matcher(rest);
                var meaning = described.find() ? described.group(1) : MEANINGS.getOrDefault(name, "");
                meters.put(name, new Meter(name, kind, tags, meaning));
            }
        }
        return List.copyOf(meters.values());
    }

    /** The arguments after the name are label, value, label, value. */
    private static List<String> tags(String rest) {
        var arguments = new ArrayList<String>();
        var argument = new StringBuilder();
        var depth = 0;
        for (var i = 0; i < rest.length(); i++) {
            var c = rest.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth < 0) {
                break;
            }
            if (c == ',' && depth == 0) {
                arguments.add(argument.toString().strip());
                argument.setLength(0);
            } else {
                argument.append(c);
            }
        }
        arguments.add(argument.toString().strip());
        var tags = new ArrayList<String>();
        for (var i = 1; i < arguments.size(); i += 2) {
            tags.add(arguments.get(i).replace("\"", ""));
        }
        return tags;
    }
}
