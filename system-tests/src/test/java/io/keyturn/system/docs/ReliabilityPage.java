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

/** {@code docs/reliability.md}, from the lists of invariants and of faults and the tests that carry {@code @Proves}. */
final class ReliabilityPage {
    static final String PATH = "docs/reliability.md";

    private static final Pattern MARKED = Pattern.compile(
            "^ {4}@Proves\\((?<numbers>[^)]*)\\).*?\\bvoid (?<method>\\w+)\\(", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern PARENT = Pattern.compile("\\bclass \\w+ extends (\\w+)");
    private static final Pattern NUMBER = Pattern.compile("\"([^\"]*)\"");

    private ReliabilityPage() {}

    /** A test that proves what stands under these numbers. */
    record Proof(
            String module, String type, String method, List<String> numbers, boolean takesLong, boolean mayBeSkipped) {

        boolean isUnitTest() {
            return type.endsWith("Test");
        }

        /** Its name as a sentence. */
        String sentence() {
            return method.replaceAll("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z])", " ")
                    .toLowerCase(Locale.ROOT);
        }

        String link() {
            return "%s (`%s.%s`%s%s)"
                    .formatted(
                            sentence(),
                            type,
                            method,
                            takesLong ? ", by `make chaos`" : "",
                            mayBeSkipped ? ", which may be skipped" : "");
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
                        source.contains("@Tag(\"chaos\")"),
                        NamedTests.mayBeSkipped(source)))
                .toList();
    }

    static String make() {
        var page = new StringBuilder("""
                # Reliability

                Made from code (`make generate`), do not edit: the rows from the lists of invariants and of faults, the tests from those that
                carry their numbers. What goes wrong with a rotation sooner or later, what must hold afterwards, and the tests that show it. A
                test whose name ends in `ST` works on the packaged services as processes of their own, one that ends in `IT` on one service
                and real servers, one that ends in `Test` on models.

                ## What holds whatever happens

                | | invariant | tests | not shown yet |
                |---|---|---|---|
                """);
        var proofs = proofs();
        for (var entry : Invariants.ENTRIES) {
            page.append("| %s | %s | %s | %s |\n"
                    .formatted(entry.number(), entry.text(), links(entry.number(), proofs), entry.open()));
        }
        page.append("""

                Some of them are looked at together, with the packaged services, by
                ```sh
                make chaos MINUTES=30 SEED=7
                ```
                One fault follows the other, in an order that the seed gives, while 20 credentials are rotated without end: services are
                killed, rotation-service stands still while another takes over, servers are away, the broker at first for a tenth of the run
                (two minutes at most), the store is sealed, refuses or forgets tokens; and on each connection of each service answers come
                late, not at all, or are cut off. It ends with a report, and with 0 only if

                - I1: each credential is looked at every 2.5 s, and no look found that none of its kept values logs in; at the end the live
                  one does
                - I2: each live value has as many versions as its runs account for
                - I3: no reader of two roles was refused, and none of one role for longer than 30 s, without the faults and the starts after
                  them; all that is read is tried at once, and with two roles for two seconds more; with that readers log in 50 times a second or more on
                  average, the time without the target left out
                - I4, a part of it: no run has stated a fact twice, and no id stands for two facts
                - I6: every fact that was stated is on record, and the chain of the record verifies
                - I8: within 30 s after all services were ready again every request that was said and every run that began has
                  its end, what is published is the live value, and nothing is kept for any run; the time from the last fault on is
                  reported, and not judged: it has in it what processes take to start

                It does not look at I5, I7, I9 and I10; how much memory the services took is reported and not judged. `OracleIT`,
                `RunsTest` and `AuditRecordTest` show that those who look at values, facts and record can see the opposite.
                `ChaosSampleST` does the same for a short while, with few of the faults, and is in `make test`; tests marked with
                `make chaos` are not.

                ## Faults

                The numbers have gaps: faults that are no matter of a rotation are not listed here.

                | | fault | what must hold | tests | not shown yet |
                |---|---|---|---|---|
                """);
        for (var entry : FaultCatalogue.ENTRIES) {
            page.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(
                            entry.number(), entry.fault(), entry.holds(), links(entry.number(), proofs), entry.open()));
        }
        page.append("""

                ## The command for each

                They start servers, which `make tools` prepares: call it once before. `JAVA_HOME` is a JDK 25.

                """);
        Invariants.ENTRIES.forEach(entry -> page.append(command(entry.number(), entry.text(), proofs)));
        FaultCatalogue.ENTRIES.forEach(entry -> page.append(command(entry.number(), entry.fault(), proofs)));
        return page.toString();
    }

    private static List<Proof> of(String number, List<Proof> proofs) {
        return proofs.stream().filter(proof -> proof.numbers().contains(number)).toList();
    }

    private static String links(String number, List<Proof> proofs) {
        return of(number, proofs).stream().map(Proof::link).collect(Collectors.joining("; "));
    }

    /** Empty where there is no test. */
    private static String command(String number, String what, List<Proof> proofs) {
        var own = of(number, proofs);
        return own.isEmpty() ? "" : "**%s** %s\n```sh\n%s\n```\n".formatted(number, what, command(own));
    }

    private static String command(List<Proof> proofs) {
        var modules = proofs.stream().map(Proof::module).distinct().collect(Collectors.joining(","));
        // They take the jars of the services, and depend on none of them.
        var jars = modules.contains("system-tests") ? "make build && " : "";
        // What takes long is left out otherwise.
        var groups = proofs.stream().anyMatch(Proof::takesLong) ? " -Dkeyturn.excluded.groups=docker" : "";
        return jars + "./mvnw verify -pl " + modules + " -am -Dtest='" + tests(proofs, true) + "' -Dit.test='"
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
