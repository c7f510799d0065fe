package io.keyturn.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Temporary folders for the data of servers. All of this JVM's lie in one folder named by its process id; it goes when
 * the JVM ends, and if the JVM was killed, when the next one starts.
 */
public final class Scratch {

    private static final String PREFIX = "keyturn-testbed-";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final Path ROOT = create();

    private Scratch() {}

    /** A new, empty folder that only this user can read. */
    public static Path folder(String name) {
        Child.endWithThisJvm();
        try {
            return Files.createTempDirectory(ROOT, name + "-", PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder and all in it; what is gone already is no error. */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else deleted it in the meantime: what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteAll() {
        try {
            delete(ROOT);
        } catch (UncheckedIOException e) {
            // At the JVM's end a dying server may still write; the next run sweeps it.
        }
    }

    private static Path create() {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            sweep(parent);
            Path root = parent.resolve(PREFIX + ProcessHandle.current().pid());
            delete(root);
            return Files.createDirectory(root, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folders of JVMs that were killed before they could. */
    private static void sweep(Path parent) throws IOException {
        String me = System.getProperty("user.name");
        try (Stream<Path> folders = Files.list(parent)) {
            for (Path folder : folders.filter(
                            path -> path.getFileName().toString().matches(PREFIX + "\\d+"))
                    .toList()) {
                long pid = Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
                boolean mine = me.equals(Files.getOwner(folder).getName());
                if (mine && ProcessHandle.of(pid).isEmpty()) {
                    delete(folder);
                }
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            // Another JVM is sweeping the same folder.
        }
    }
}
