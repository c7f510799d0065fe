package io.keyturn.testbed.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** Finds the programs that {@code testbed/tools/prepare} put in the per-user cache, or the user's own. */
public final class Tools {

    private static final Map<String, Path> FOUND = new ConcurrentHashMap<>();

    private Tools() {}

    /** The program of that name; if it is missing, a {@link StartFailed} that says what to run. */
    public static Path program(String name) {
        if (!FOUND.containsKey(name)) {
            list();
        }
        Path program = FOUND.get(name);
        if (program == null) {
            throw new StartFailed(name + " is not prepared on this machine: run `make tools`.");
        }
        return program;
    }

    /** The repository's root: the nearest folder upwards that has {@code testbed/tools/prepare}. */
    public static Path repository() {
        for (@Nullable Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("testbed/tools/prepare"))) {
                return folder;
            }
        }
        throw new StartFailed(
                "testbed/tools/prepare is in no folder above " + Path.of("").toAbsolutePath() + ".");
    }

    private static void list() {
        Path prepare = repository().resolve("testbed/tools/prepare");
        try {
            Process process = new ProcessBuilder(prepare.toString(), "--list")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new StartFailed(output.strip());
            }
            output.lines().map(line -> line.split("=", 2)).forEach(pair -> FOUND.put(pair[0], Path.of(pair[1])));
        } catch (IOException e) {
            throw new StartFailed(prepare + " does not run; it needs python3.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted", e);
        }
    }
}
