package io.keyturn.system.docs;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.testbed.demo.Invitation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the written pages claim about the repository. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern INCLUDED =
            Pattern.compile("<!-- (deploy/\\S+) -->\\n```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern STATE = Pattern.compile("^    record (\\w+)\\(", Pattern.MULTILINE);
    private static final Pattern EDGE = Pattern.compile("^  (\\S+) --> ([^\\s:]+)", Pattern.MULTILINE);

    static Stream<Path> pages() {
        var root = Repository.ROOT;
        return Stream.of(
                        Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                                .map(root::resolve),
                        Repository.files(root.resolve("docs"), ".md").stream(),
                        Repository.MODULES.stream()
                                .filter(module -> module.endsWith("-service"))
                                .map(service -> root.resolve(service).resolve("DESIGN.md")))
                .flatMap(pages -> pages);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) {
        var text = Repository.read(page);
        for (var link : texts(LINK, text)) {
            if (link.startsWith("http")) {
                continue;
            }
            var parts = link.split("#", 2);
            var target =
                    parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            assertThat(target).as("link %s of %s", link, page).exists();
            if (parts.length == 2) {
                assertThat(anchors(Repository.read(target)))
                        .as("link %s of %s", link, page)
                        .contains(parts[1]);
            }
        }
    }

    @Test
    void everyTestThatTheReadmeNamesExistsAndRuns() {
        var named = NamedTests.in(Repository.read(Repository.ROOT.resolve("README.md")));

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(named)
                .flatExtracting(test -> test.faults(NamedTests.sources()))
                .isEmpty();
    }

    @Test
    void everyClaimOfTheReadmeNamesATest() {
        var readme = Repository.read(Repository.ROOT.resolve("README.md"));
        var rows = readme.substring(readme.indexOf("\n| claim | test |\n"))
                .lines()
                .skip(3)
                .takeWhile(line -> line.startsWith("|"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> {
            var cells = row.split(" \\| ?", -1);
            assertThat(cells).as(row).hasSize(3);
            assertThat(NamedTests.in(cells[1])).as(row).isNotEmpty();
        });
    }

    @Test
    void aTestThatDoesNotRunIsFound() {
        var sources = Map.of(
                "RunsTest", "class RunsTest { @Test void itWorks() {} }",
                "HeirIT", "class HeirIT extends RunsTest { }",
                "OffTest", "@Disabled class OffTest { @Test void itWorks() {} }",
                "HalfOffTest", "class HalfOffTest { @Test @Disabled void itWorks() {} @Test void other() {} }",
                "DockerIT", "@Tag(\"docker\") class DockerIT { @Test void itWorks() {} }",
                "SkippedIT", "class SkippedIT { @Test void itWorks() { assumeTrue(isRoot()); } }",
                "EmptyTest", "class EmptyTest { void itWorks() {} }");

        assertThat(NamedTests.in(
                        "`RunsTest`, `RunsTest.itWorks`, `HeirIT.itWorks`, `SkippedIT` (skipped without root)"))
                .hasSize(4)
                .allSatisfy(test -> assertThat(test.faults(sources)).isEmpty());
        assertThat(NamedTests.in(
                        "`GoneTest` `OffTest` `HalfOffTest` `DockerIT` `SkippedIT` `EmptyTest` `RunsTest.itFails`"))
                .hasSize(7)
                .allSatisfy(test -> assertThat(test.faults(sources)).hasSize(1));
    }

    @Test
    void everyExampleInAGuideIsTheFileItNames() {
        var examples = pages().map(Repository::read)
                .flatMap(text -> INCLUDED.matcher(text).results())
                .toList();

        assertThat(examples)
                .isNotEmpty()
                .allSatisfy(example -> assertThat(example.group(2))
                        .isEqualTo(Repository.read(Repository.ROOT.resolve(example.group(1)))));
    }

    @Test
    void whatIsWrittenByHandAmongGeneratedPagesIsNamed() {
        var byHand = Repository.files(Repository.ROOT.resolve("docs/reference"), "").stream()
                .filter(file -> file.toFile().isFile())
                .filter(file -> Repository.read(file).lines().limit(5).noneMatch(line -> line.contains("Made from")))
                .map(file -> "`" + file.getFileName() + "`")
                .toList();
        var rule = Repository.read(Repository.ROOT.resolve("CONTRIBUTING.md"));

        assertThat(byHand).isNotEmpty();
        assertThat(rule.substring(rule.indexOf("Written by hand in `docs/reference`")))
                .contains(byHand);
    }

    @Test
    void guideToTheDemoShowsWhatTheDemoPrints() {
        var services = new LinkedHashMap<String, URI>();
        var port = 8081;
        for (var service : List.of("watcher", "rotation", "restart", "audit")) {
            services.put(service, URI.create("http://127.0.0.1:" + port++ + "/"));
        }
        var printed = Invitation.lines(
                "shop",
                Path.of("/tmp/keyturn/kubeconfig"),
                Path.of("/home/you/.cache/keyturn/tools/0123456789abcdef"),
                services,
                Path.of("/tmp/keyturn/logs"));

        assertThat(CodeBlocks.of("docs/guides/getting-started.md"))
                .filteredOn(block -> block.language().equals("text"))
                .singleElement()
                .satisfies(block -> assertThat(block.text().lines()).containsExactlyElementsOf(printed));
    }

    @Test
    void stateDiagramShowsTheStatesOfTheCode() {
        var saga =
                Repository.ROOT.resolve("rotation-service/src/main/java/io/keyturn/rotation/saga/RotationState.java");
        var states = texts(STATE, Repository.read(saga)).stream()
                // The one state whose phase has another name.
                .map(state -> state.equals("AwaitingConsumers") ? "Published" : state)
                .collect(Collectors.toSet());
        var page = Repository.read(Repository.ROOT.resolve("docs/reference/state-machine.md"));
        var diagram = page.substring(page.indexOf("stateDiagram-v2"));
        Set<String> drawn = new TreeSet<>();
        EDGE.matcher(diagram.substring(0, diagram.indexOf("```"))).results().forEach(edge -> {
            drawn.add(edge.group(1));
            drawn.add(edge.group(2));
        });
        drawn.remove("[*]");

        assertThat(drawn).isEqualTo(new TreeSet<>(states));
    }

    @Test
    void decisionsAreListedAndWhole() {
        var folder = Repository.ROOT.resolve("docs/adr");
        var index = Repository.read(folder.resolve("README.md"));
        var decisions = Repository.files(folder, ".md").stream()
                .filter(file -> !file.endsWith("README.md"))
                .toList();

        assertThat(decisions).hasSizeGreaterThan(15).allSatisfy(file -> {
            var text = Repository.read(file);
            assertThat(index).contains("(" + file.getFileName() + ")");
            assertThat(text)
                    .contains(
                            "\nStatus: ", "\n## Context\n", "\n## Options\n", "\n## Decision\n", "\n## Consequences\n");
            assertThat(text).startsWith("# " + file.getFileName().toString().substring(0, 4) + ". ");
        });
    }

    private static List<String> texts(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** The anchors of headings, as they are made by the usual renderers. */
    private static Set<String> anchors(String text) {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
