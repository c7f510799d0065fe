package io.keyturn.system.docs;

import java.util.regex.Pattern;

/** {@code docs/reference/log-messages.md}, from the sources of the {@code @MessageLogger} interfaces. */
final class LogPage {
    static final String PATH = "docs/reference/log-messages.md";

    private static final Pattern MESSAGE = Pattern.compile(
            "@LogMessage\\(level = (?:Logger\\.)?(?:Level\\.)?(?<level>[A-Z]+)\\)\\s*"
                    + "@Message\\(\\s*id = (?<id>\\d+),\\s*value =\\s*(?<text>(?:\"(?:[^\"\\\\]|\\\\.)*\"[\\s+]*)+)\\)");
    private static final Pattern LOGGED = Pattern.compile("@LogMessage\\(");

    private LogPage() {}

    static String make() {
        var page = new StringBuilder("""
                # Log messages

                Made from the services' sources, do not edit. Logs are JSON lines: one object each, with at least `timestamp` (ISO 8601),
                `level`, `loggerName` (`io.keyturn.…` for what is below), `threadName` and `message`, which begins with its id. This is all that Keyturn
                itself can log: no value of a secret and no text of a foreign exception is ever part of a message.
                """);
        for (var module : Repository.MODULES) {
            var rows = new StringBuilder();
            Repository.sources(module).stream()
                    .filter(source -> source.contains("@MessageLogger("))
                    .forEach(source -> append(rows, source));
            if (!rows.isEmpty()) {
                page.append("\n## ")
                        .append(module.equals("service-kit") ? "Every service" : module)
                        .append("\n\n| id | level | message |\n|---|---|---|\n")
                        .append(rows);
            }
        }
        return page.toString();
    }

    private static void append(StringBuilder rows, String source) {
        var found = MESSAGE.matcher(source);
        var count = 0;
        while (found.find()) {
            count++;
            var text = found.group("text").replaceAll("\"[\\s+]*\"", "").strip();
            rows.append("| `KT%04d` | %s | %s |\n"
                    .formatted(
                            Integer.valueOf(found.group("id")),
                            found.group("level"),
                            text.substring(1, text.length() - 1).replace("|", "\\|")));
        }
        if (count != LOGGED.matcher(source).results().count()) {
            throw new IllegalStateException("A message of a logger is written in a way this page cannot read");
        }
    }
}
