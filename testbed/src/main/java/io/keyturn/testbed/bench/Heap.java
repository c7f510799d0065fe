package io.keyturn.testbed.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What is live on the heap of a service. */
final class Heap {
    /** A generation of the serial collector's heap. */
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private Heap() {}

    /** In MB (10^6 bytes), after a full collection. */
    static double liveMegabytes(long pid) {
        ask(pid, "GC.run");
        var used = USED.matcher(ask(pid, "GC.heap_info")).results().toList();
        if (used.isEmpty()) {
            throw new IllegalStateException("the JVM does not tell its heap");
        }
        return used.stream().mapToLong(found -> Long.parseLong(found.group(1))).sum() * 1024 / 1e6;
    }

    private static String ask(long pid, String command) {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            var asked = new ProcessBuilder(jcmd.toString(), String.valueOf(pid), command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
