package io.keyturn.system.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.keyturn.testbed.process.Tools;

/** Files of this repository, as text. */
final class Repository {
    static final Path ROOT = Tools.repository();
    /** In the order in which a fact travels. */
    static final List<String> MODULES =
            List.of("service-kit", "watcher-service", "rotation-service", "restart-service", "audit-service");

    private Repository() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The main sources of a module. */
    static List<String> sources(String module) {
        return files(ROOT.resolve(module).resolve("src/main/java"), ".java").stream()
                .map(Repository::read)
                .toList();
    }

    /** A Javadoc comment as one paragraph of Markdown, without its tags. */
    static String paragraph(String javadoc) {
        var plain =
                javadoc.replaceAll("\\n\\s*\\*", " ").replaceAll("\\s+", " ").strip();
        return plain.replaceAll(" ?@(param|return|throws) .*", "")
                .replaceAll("\\{@(?:code|link) #?([^}]*)}", "`$1`")
                .replace("|", "\\|");
    }
}
