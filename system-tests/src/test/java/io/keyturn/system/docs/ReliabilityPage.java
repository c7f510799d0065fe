package io.keyturn.system.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code docs/reliability.md}, from the catalogue of faults and the tests that carry {@code @Proves}. */
final class ReliabilityPage {
    static final String PATH = "docs/reliability.md";

    private static final Pattern MARKED = Pattern.compile(
            "^ {4}@Proves\\((?<numbers>[^)]*)\\).*?\\bvoid (?<method>\\w+)\\(", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern PARENT = Pattern.compile("\\bclass \\w+ extends (\\w+)");
    private static final Pattern NUMBER = Pattern.compile("\"([^\"]*)\"");

    private ReliabilityPage() {}

    /** A test that proves what must hold after these faults. */
    record Proof(String module, String type, String method, List<String> faults, boolean takesLong) {

        boolean isUnitTest() {
            return type.endsWith("Test");
        }

        /** Its name as a sentence. */
        String sentence() {
            return method.replaceAll("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z])", " ")
                    .toLowerCase(Locale.ROOT);
        }

        String link() {
            return "%s (`%s.%s`%s)".formatted(sentence(), type, method, takesLong ? ", by `make chaos`" : "");
        }
    }

    static List<Proof> proofs() {
        var proofs = new ArrayList<Proof>();
        for (var module : Stream.concat(Repository.MODULES.stream(), Stream.of("system-tests"))
                .toList()) {
            var sources = new TreeMap<String, String>();
            for (var file : Repository.files(Repository.ROOT.resolve(module).resolve("src/test/java"), ".java")) {
                sources.put(file.getFileName().toString().replace(".java", ""), Repository.read(file));
            }
            sources.forEach((type, source) -> proofs.addAll(proofs(module, type, withParent(source, sources))));
        }
        // Of a suite its heirs are the tests.
        return proofs.stream()
                .filter(proof -> proof.type().matches("\\w+(Test|IT|ST)")
                        && !proof.type().endsWith("DockerIT"))
                .toList();
    }

    private static String withParent(String source, Map<String, String> sources) {
        var parent = PARENT.matcher(source);
        return parent.find() ? source + sources.getOrDefault(parent.group(1), "") : source;
    }

    static List<Proof> proofs(String module, String type, String source) {
        return MARKED.matcher(source)
                .results()
                .map(found -> new Proof(
                        module,
                        type,
                        found.group("method"),
                        NUMBER.matcher(found.group("numbers"))
                                .results()
                                .map(number -> number.group(1))
                                .toList(),
                        source.contains("@Tag(\"chaos\")")))
                .toList();
    }

    static String make() {
        var page = new StringBuilder("""
                # Reliability

                Made from code (`make generate`), do not edit: the rows from the catalogue of faults, the tests from those that carry its numbers.
                What goes wrong with a rotation sooner or later, what must hold afterwards, and the tests that show it. A test whose name ends
                in `ST` works on the packaged services as processes of their own, one that ends in `IT` on one service and real servers, one
                that ends in `Test` on models.

                ## What holds whatever happens

                | | |
                |---|---|
                | I1 | Nobody is locked out: at every instant some value that is kept in the store (live, new or previous) logs in; at the end the live one does |
                | I2 | A run makes one new version of the live value, and versions only grow |
                | I3 | Who reads the live value gets one that works: always with two roles, unless a policy lets a value that is known die first; with one role but for a window that is measured and stated |
                | I4 | What is committed is stated on Kafka at least once, in order for each object, and has its effect once |
                | I5 | Each workload that reads a value is rolled once for each version: none is missed, none rolled for nothing |
                | I6 | The record has no gap and every end of a run, and its chain verifies |
                | I7 | A value is nowhere but in the store, the target, and what is published |
                | I8 | Once the trouble is over everything comes to rest by itself |
                | I9 | While something is away nothing grows without bound, and nobody asks in a hot loop |
                | I10 | One dead target delays no other |

                All of it is shown at once, with the packaged services, by
                ```sh
                make chaos MINUTES=30 SEED=7
                ```
                which makes one fault follow the other, in an order that the seed gives, while 20 credentials are rotated without end and
                readers log in all the while. It ends with a report, and with 0 only if nobody was locked out, no reader of two roles was
                refused, nothing is lost, and everything came to rest within 30 s after rotation-service was ready again. `OracleIT` shows
                that those who look can see the opposite.
                Tests marked with `make chaos` are not in `make test`.

                ## Faults

                The numbers have gaps: faults that are no matter of a rotation are not listed here.

                | | fault | what must hold | tests | not shown yet |
                |---|---|---|---|---|
                """);
        var proofs = proofs();
        for (var entry : FaultCatalogue.ENTRIES) {
            page.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(
                            entry.number(),
                            entry.fault(),
                            entry.holds(),
                            of(entry, proofs).map(Proof::link).collect(Collectors.joining("; ")),
                            entry.open()));
        }
        page.append("""

                ## The command for each

                """);
        for (var entry : FaultCatalogue.ENTRIES) {
            var own = of(entry, proofs).toList();
            if (!own.isEmpty()) {
                page.append("**%s** %s\n```sh\n%s\n```\n".formatted(entry.number(), entry.fault(), command(own)));
            }
        }
        return page.toString();
    }

    private static Stream<Proof> of(FaultCatalogue.Entry entry, List<Proof> proofs) {
        return proofs.stream().filter(proof -> proof.faults().contains(entry.number()));
    }

    private static String command(List<Proof> proofs) {
        var modules = proofs.stream().map(Proof::module).distinct().collect(Collectors.joining(","));
        // What takes long is left out otherwise.
        var groups = proofs.stream().anyMatch(Proof::takesLong) ? " -Dkeyturn.excluded.groups=docker" : "";
        return "./mvnw verify -pl " + modules + " -am -Dtest='" + tests(proofs, true) + "' -Dit.test='"
                + tests(proofs, false)
                + "'" + groups + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false";
    }

    private static String tests(List<Proof> proofs, boolean unit) {
        var chosen = proofs.stream()
                .filter(proof -> proof.isUnitTest() == unit)
                .collect(Collectors.groupingBy(
                        Proof::type, LinkedHashMap::new, Collectors.mapping(Proof::method, Collectors.joining("+"))));
        return chosen.isEmpty()
                ? "None"
                : chosen.entrySet().stream()
                        .map(type -> type.getKey() + "#" + type.getValue())
                        .collect(Collectors.joining(","));
    }
}
