package io.keyturn.contract.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** A committed file that code makes. A test that finds it stale fails, or rewrites it under {@code -Dkeyturn.generate=true}. */
public final class GeneratedFile {
    private static final boolean GENERATE = Boolean.getBoolean("keyturn.generate");

    private GeneratedFile() {}

    /** The folder of the whole repository, wherever the test was started. */
    public static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            var parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("Not inside the repository");
            }
            folder = parent;
        }
        return folder;
    }

    /** Reads a file of the repository. */
    public static String read(String path) {
        try {
            return Files.readString(root().resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails unless the file holds exactly this content. */
    public static void assertFresh(String path, String content) {
        var file = root().resolve(path);
        if (GENERATE) {
            write(file, content);
        }
        assertThat(file)
                .as("%s is made from code; run ./mvnw test -pl contract -Dkeyturn.generate=true", path)
                .exists()
                .content()
                .isEqualTo(content);
    }

    /** Fails unless the file holds exactly this content; a file that is there is never rewritten. */
    public static void assertFrozen(String path, String content) {
        var file = root().resolve(path);
        if (GENERATE && !Files.exists(file)) {
            write(file, content);
        }
        assertThat(file)
                .as("%s was promised to readers", path)
                .exists()
                .content()
                .isEqualTo(content);
    }

    private static void write(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
