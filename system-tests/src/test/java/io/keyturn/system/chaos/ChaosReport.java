package io.keyturn.system.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run came to: figures, and what must hold. */
final class ChaosReport {
    private final PrintStream out;
    private final List<String> lines = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    ChaosReport(PrintStream out) {
        this.out = out;
    }

    void heading(String text) {
        line("");
        line(text);
    }

    void line(String text) {
        lines.add(text);
        out.println(text);
    }

    void figure(String what, Object value) {
        line(String.format(Locale.ROOT, "  %-58s %s", what, value));
    }

    /** A figure that has to be as it should. */
    void must(boolean holds, String what, Object value) {
        figure(what + (holds ? "" : "  <-- BROKEN"), value);
        if (!holds) {
            broken.add(what + ": " + value);
        }
    }

    /** Details of something that is broken, the first ones only. */
    void details(List<?> details) {
        details.stream().limit(20).forEach(detail -> line("    " + detail));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    List<String> broken() {
        return List.copyOf(broken);
    }

    Path store(long seed) {
        try {
            var folder = Files.createDirectories(Path.of("target", "chaos"));
            return Files.write(folder.resolve("seed-" + seed + ".txt"), lines).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
