package io.keyturn.system.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tests that a page refers to: {@code `XTest`}, or {@code `XTest.method`}; one that may be skipped as {@code `XTest` (skipped …)}. */
final class NamedTests {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT|ST))(?:[.#](\\w+))?`( \\(skipped )?");
    private static final Pattern PARENT = Pattern.compile("\\bclass \\w+ extends (\\w+)");
    private static final Pattern ASSUMPTION = Pattern.compile("\\bassume(?:That|True|False)\\(");
    private static final String TEST = "@(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\\b";

    private NamedTests() {}

    /** One of them; the method is empty where the page names none. */
    record Named(String type, String method, boolean saidToBeSkipped) {

        /** Why it proves nothing: it is not there, has no test, is switched off somewhere, or may be skipped and the page does not say so. */
        List<String> faults(Map<String, String> sources) {
            var source = whole(type, sources);
            var faults = new ArrayList<String>();
            if (source.isEmpty()) {
                faults.add(type + " does not exist");
            } else if (!source.matches("(?s).*" + TEST + ".*")) {
                faults.add(type + " has no test");
            } else if (source.contains("@Disabled") || source.contains("@Tag(\"docker\")")) {
                faults.add(type + " is switched off");
            } else if (mayBeSkipped(source) && !saidToBeSkipped) {
                faults.add(type + " may be skipped");
            } else if (!source.matches(
                    "(?s).*" + TEST + ".*\\bvoid " + (method.isEmpty() ? "\\w+" : method) + "\\(.*")) {
                faults.add(type + " has no test " + method);
            }
            return faults;
        }

        /** With what it inherits. */
        private static String whole(String type, Map<String, String> sources) {
            var source = sources.getOrDefault(type, "");
            var parent = PARENT.matcher(source);
            return parent.find() ? source + whole(parent.group(1), sources) : source;
        }
    }

    /** Whether it is skipped where something that it assumes is not so. */
    static boolean mayBeSkipped(String source) {
        return ASSUMPTION.matcher(source).find();
    }

    static List<Named> in(String page) {
        return NAMED.matcher(page)
                .results()
                .map(found ->
                        new Named(found.group(1), found.group(2) == null ? "" : found.group(2), found.group(3) != null))
                .distinct()
                .toList();
    }

    /** The test sources of all modules, by the name of their file. */
    static Map<String, String> sources() {
        return Stream.concat(Repository.MODULES.stream(), Stream.of("contract", "testbed", "system-tests"))
                .flatMap(module ->
                        Repository.files(Repository.ROOT.resolve(module).resolve("src/test"), ".java").stream())
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""),
                        Repository::read,
                        (one, other) -> one + other));
    }
}
