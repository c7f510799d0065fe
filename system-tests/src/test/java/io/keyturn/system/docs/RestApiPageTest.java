package io.keyturn.system.docs;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about the REST API names what the services' sources have, no more and no less. */
class RestApiPageTest {
    private static final String PAGE = Repository.read(Repository.ROOT.resolve("docs/reference/rest-api.md"));
    private static final Pattern PATH = Pattern.compile("@Path\\(\"([^\"]+)\"\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^## .*`GET (/[a-z/]+)`$");
    private static final Pattern QUERY = Pattern.compile("@RestQuery (?:@Nullable )?String (\\w+)");
    private static final Pattern SET =
            Pattern.compile("(?s)OF_(?:EVENTS|VERIFY) =\\s*new TreeSet<>\\(Set\\.of\\((.*?)\\)\\)");
    private static final Pattern CODE =
            Pattern.compile("Problem(?:\\.of)?\\([^;]*?\\d{3}, \"([A-Z_]+)\"|\"(INTERNAL)\"");

    @Test
    void everyPathIsThere() {
        var paths = new TreeSet<String>();
        for (var source : resources()) {
            var found = all(PATH, source);
            found.stream().skip(1).forEach(method -> paths.add(found.getFirst() + method));
        }
        assertThat(paths).isNotEmpty().isEqualTo(new TreeSet<>(all(HEADING, PAGE)));
    }

    @Test
    void everyParameterIsThere() {
        var names = new TreeSet<String>();
        for (var module : Repository.MODULES) {
            for (var source : Repository.sources(module)) {
                names.addAll(all(QUERY, source));
                all(SET, source)
                        .forEach(set -> names.addAll(
                                List.of(set.replaceAll("[\"\\s]", "").split(","))));
            }
        }
        assertThat(names)
                .contains("rotation", "expectedHash", "kind")
                .allSatisfy(name -> assertThat(PAGE).contains("`" + name + "`"));
    }

    @Test
    void everyCodeOfARefusalIsThere() {
        var codes = new TreeSet<String>();
        Repository.sources("service-kit").stream()
                .filter(source -> source.contains("Problem"))
                .forEach(source -> codes.addAll(all(CODE, source)));
        assertThat(codes)
                .isEqualTo(Set.of("BAD_PARAMETER", "UNAVAILABLE", "INTERNAL"))
                .allSatisfy(code -> assertThat(PAGE).contains("| `" + code + "` |"));
    }

    private static List<String> resources() {
        return Repository.MODULES.stream()
                .flatMap(module -> Repository.sources(module).stream())
                .filter(source -> source.contains("@Path("))
                .toList();
    }

    /** The first group that matched, of each match. */
    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .toList();
    }
}
