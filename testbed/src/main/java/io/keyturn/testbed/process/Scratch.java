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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Temporary folders for the data of servers. They lie in one folder whose name begins with this JVM's process id; it
 * goes when the JVM ends, and if the JVM was killed, when a later one starts. Each class loader has a folder of its own:
 * Quarkus loads this class a second time while servers of the first still run.
 */
public final class Scratch {

    private static final String PREFIX = "keyturn-testbed-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-\\d+");
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
            return Files.createTempDirectory(
                    parent,
                    PREFIX + ProcessHandle.current().pid() + "-",
                    PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folders of JVMs that were killed before they could. */
    private static void sweep(Path parent) throws IOException {
        String me = System.getProperty("user.name");
        try (Stream<Path> folders = Files.list(parent)) {
            for (Path folder : folders.toList()) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches()
                        && me.equals(Files.getOwner(folder).getName())
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    delete(folder);
                }
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            // Another JVM is sweeping the same folder.
        }
    }
}
