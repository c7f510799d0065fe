package io.keyturn.system.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** What is wrong with the commands of a page, as far as this repository can tell: names of things that do not exist here. */
final class GuideCommands {
    private static final YAMLMapper YAML = new YAMLMapper();

    private static final Pattern PATH =
            Pattern.compile("(?<![\\w$}/.-])(?:\\./)?((?:deploy|build|docs|testbed|system-tests)/[\\w./-]*\\w)");
    private static final Pattern TARGET = Pattern.compile("\\bmake ([a-z][a-z-]*)");
    private static final Pattern EXPORTED = Pattern.compile("\\bexport ([A-Z][A-Z0-9_]*)=");
    private static final Pattern CHART_VALUE = Pattern.compile("--set ([\\w.]+)=|`((?:rotation|watcher|restart|audit"
            + "|kafka|vault|database|tracing|admission|image)\\.[a-zA-Z.]+)`");
    private static final Pattern ANNOTATION = Pattern.compile("\\b(keyturn\\.io/[a-z-]+)");
    private static final Pattern AUDIT_PATH = Pattern.compile("/audit/([a-z]+)");
    private static final Pattern SERVICE =
            Pattern.compile("\\b(keyturn-[a-z]+)\\.keyturn-system|service/(keyturn-[a-z]+)");
    private static final Pattern BARE_ADDRESS = Pattern.compile("\\bcurl (?:-\\S+ )*([^'\"\\s]\\S*)");
    /** A command and its words, up to the end of the line or what ends a command. */
    private static final Pattern KUBECTL = Pattern.compile("\\bkubectl( [^\\n|;&)]*)");

    private static final Set<String> VERBS =
            Set.of("get", "create", "delete", "annotate", "status", "describe", "edit", "patch", "wait");
    /** What every cluster has, as far as the guides speak of it. */
    private static final Set<String> KINDS = Set.of(
            "pod",
            "pods",
            "deployment",
            "deployments",
            "secret",
            "secrets",
            "configmap",
            "configmaps",
            "namespace",
            "rolebinding",
            "service",
            "services");
    /** What other programs read from their environment. */
    private static final Set<String> STANDARD = Set.of(
            "PGHOST",
            "PGPORT",
            "PGUSER",
            "PGPASSWORD",
            "PGOPTIONS",
            "VAULT_ADDR",
            "VAULT_TOKEN",
            "VAULT_CACERT",
            "BAO_ADDR",
            "KUBECONFIG",
            "PATH");

    private final String page;
    private final String commands;
    private final List<String> faults = new ArrayList<>();

    private GuideCommands(String page) {
        this.page = page;
        var text = new StringBuilder();
        CodeBlocks.in(page).stream()
                .filter(block -> block.language().equals("sh"))
                .forEach(block -> text.append(block.text()));
        this.commands = text.toString().replace("\\\n", " ");
    }

    /** One sentence for each thing that does not exist. */
    static List<String> faults(String page) {
        var commands = new GuideCommands(page);
        commands.paths();
        commands.targets();
        commands.variables();
        commands.chart();
        commands.kubernetes();
        commands.addresses();
        return commands.faults;
    }

    private void paths() {
        found(PATH, commands)
                .filter(path -> !Files.exists(Repository.ROOT.resolve(path)))
                .forEach(path -> faults.add("no such file: " + path));
    }

    private void targets() {
        var makefile = Repository.read(Repository.ROOT.resolve("Makefile"));
        found(TARGET, commands)
                .filter(target -> !makefile.contains("\n" + target + ": ##"))
                .forEach(target -> faults.add("no such target: make " + target));
    }

    private void variables() {
        var scripts = new StringBuilder();
        Stream.of("deploy", "build")
                .flatMap(folder -> Repository.files(Repository.ROOT.resolve(folder), "").stream())
                .filter(Files::isRegularFile)
                .filter(file -> file.toString().endsWith(".sh") || file.startsWith(Repository.ROOT.resolve("build")))
                .forEach(file -> scripts.append(Repository.read(file)));
        found(EXPORTED, commands)
                .filter(name -> !STANDARD.contains(name)
                        && !scripts.toString().matches("(?s).*\\b" + name + "\\b.*")
                        && !commands.matches("(?s).*\\$\\{?" + name + "\\b.*"))
                .forEach(name -> faults.add("nobody reads: " + name));
    }

    private void chart() {
        var values = yaml("deploy/helm/keyturn/values.yaml");
        found(CHART_VALUE, page)
                .filter(name -> values.at("/" + name.replace('.', '/')).isMissingNode())
                .forEach(name -> faults.add("no value of the chart: " + name));
    }

    private void kubernetes() {
        var kinds = new HashSet<>(KINDS);
        var names = yaml("deploy/crds/secretrotations.keyturn.io.yaml").at("/spec/names");
        kinds.add(names.path("plural").asText());
        kinds.add(names.path("singular").asText());
        names.path("shortNames").forEach(name -> kinds.add(name.asText()));
        found(KUBECTL, commands).flatMap(GuideCommands::resources).forEach(kind -> {
            if (!kinds.contains(kind)) {
                faults.add("no such kind: " + kind);
            }
        });
        // The finalizer is a name of ours too.
        var annotations = Stream.of("Annotations", "SecretRotation")
                .map(type -> Repository.ROOT.resolve(
                        "contract/src/main/java/io/keyturn/contract/resource/" + type + ".java"))
                .map(Repository::read)
                .collect(Collectors.joining());
        found(ANNOTATION, page)
                .filter(name -> !name.equals("keyturn.io/v")) // of the API version
                .filter(name -> !annotations.contains("\"" + name + "\"") && !page.contains("demo." + name))
                .forEach(name -> faults.add("no such annotation: " + name));
        var services = Repository.read(Repository.ROOT.resolve("deploy/helm/keyturn/templates/services.yaml"));
        found(SERVICE, page)
                .filter(name -> !services.contains('"' + name.substring("keyturn-".length()) + '"'))
                .forEach(name -> faults.add("no such service: " + name));
    }

    private void addresses() {
        var resource = Repository.sources("audit-service").stream()
                .filter(source -> source.contains("@Path(\"/audit\")"))
                .findFirst()
                .orElseThrow();
        found(AUDIT_PATH, page)
                .filter(path -> !resource.contains("@Path(\"/" + path + "\")"))
                .forEach(path -> faults.add("no such address: /audit/" + path));
        found(BARE_ADDRESS, commands)
                .filter(address -> address.contains("?") || address.contains("&"))
                .forEach(address -> faults.add("to be quoted for the shell: " + address));
    }

    /** The kinds that the words after {@code kubectl} name. */
    private static Stream<String> resources(String words) {
        var plain = List.of(words.strip().split("\\s+")).stream()
                .filter(word -> !word.startsWith("-"))
                .toList();
        var verb = plain.stream().filter(VERBS::contains).findFirst();
        var at = verb.map(plain::indexOf).orElse(-1);
        var named = at + 1 < plain.size() ? plain.get(at + 1) : "";
        return verb.isEmpty() || named.isEmpty() || named.startsWith("\"") || words.contains(" -f ")
                ? Stream.of()
                : Stream.of(named.split(",")).map(name -> name.split("/")[0]);
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(hit -> hit.groupCount() > 1 && hit.group(1) == null ? hit.group(2) : hit.group(1))
                .distinct();
    }

    private static JsonNode yaml(String path) {
        try {
            return YAML.readTree(Repository.read(Repository.ROOT.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
