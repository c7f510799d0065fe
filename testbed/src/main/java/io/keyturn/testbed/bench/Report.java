package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** What was measured, as a table and as JSON. Anything that must hold and does not is kept too, and fails the bench. */
final class Report {
    private static final DateTimeFormatter FILE_NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Instant begin = Instant.now();
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final PrintStream out;

    /**
     * One figure.
     *
     * @param limit what the servers alone do on this machine, measured in the same run; null if there is no such thing
     * @param ratio value divided by the limit's: of times, how many times as long; of rates, the share reached
     */
    record Figure(
            String name,
            double value,
            String unit,
            @Nullable Limit limit,
            @Nullable Double ratio) {}

    /** A physical limit, in the unit of the figure beside it. */
    record Limit(String name, double value) {}

    Report(PrintStream out) {
        this.out = out;
    }

    void heading(String text) {
        out.println();
        out.println("== " + text);
    }

    void figure(String name, double value, String unit) {
        add(new Figure(name, value, unit, null, null));
    }

    void figure(String name, double value, String unit, Limit limit) {
        add(new Figure(name, value, unit, limit, value / limit.value()));
    }

    /** What must hold whatever the speed. */
    void must(boolean holds, String claim) {
        out.println((holds ? "  ok      " : "  BROKEN  ") + claim);
        if (!holds) {
            broken.add(claim);
        }
    }

    boolean allHolds() {
        return broken.isEmpty();
    }

    private void add(Figure figure) {
        figures.add(figure);
        out.println(line(figure));
    }

    private static String line(Figure figure) {
        var line =
                String.format(Locale.ROOT, "  %-58s %10s %-9s", figure.name(), number(figure.value()), figure.unit());
        return figure.limit() == null || figure.ratio() == null
                ? line.stripTrailing()
                : line
                        + String.format(
                                Locale.ROOT,
                                " %10s  %6s  %s",
                                number(figure.limit().value()),
                                number(figure.ratio()),
                                figure.limit().name());
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT,
                value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 || value == 0 ? "%.2f" : "%.3f",
                value);
    }

    /** The whole table once more. */
    void table() {
        heading(String.format(
                Locale.ROOT, "%-57s %10s %-9s %10s  %6s  %s", "All figures", "", "", "limit", "ratio", ""));
        figures.forEach(figure -> out.println(line(figure)));
        broken.forEach(claim -> out.println("  BROKEN  " + claim));
    }

    /** Writes {@code <utc time>.json} into the folder. */
    Path store(Path folder, Map<String, Object> machine, Settings settings) {
        var all = new LinkedHashMap<String, Object>();
        all.put("time", begin.toString());
        all.put("machine", machine);
        all.put("settings", settings);
        all.put("figures", figures);
        all.put("broken", broken);
        var file = folder.resolve(FILE_NAME.format(begin) + ".json");
        try {
            Files.createDirectories(folder);
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
