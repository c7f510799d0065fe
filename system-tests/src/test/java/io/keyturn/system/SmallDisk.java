package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.postgres.PostgresServer;
import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.process.StartFailed;

/** A disk of its own, in memory, for the tables of some databases; there is room on it until it is filled. */
final class SmallDisk implements AutoCloseable {
    private static final String TABLESPACE = "small_disk";
    private static final String SIZE = "256m";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** As small as a page, so that not one more fits at the end. */
    private static final byte[] PIECE = new byte[4096];

    private final PostgresServer postgres;
    private final List<String> databases;
    private final Path mount = Scratch.folder("small-disk");
    private final Path ballast = mount.resolve("ballast");

    private SmallDisk(PostgresServer postgres, List<String> databases) {
        this.postgres = postgres;
        this.databases = databases;
    }

    /** Mounts it, which takes the rights of root, and moves all tables and indexes there, without a gap in them. */
    static SmallDisk under(PostgresServer postgres, List<String> databases) {
        var disk = new SmallDisk(postgres, databases);
        mount(SIZE, disk.mount);
        try {
            var data = Files.createDirectory(disk.mount.resolve("data"));
            postgres.execute("postgres", "CREATE TABLESPACE " + TABLESPACE + " LOCATION '" + data + "'");
            disk.move("pg_default", TABLESPACE);
            databases.forEach(database -> postgres.execute(database, "VACUUM FULL"));
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this process may mount one. */
    static boolean isAllowed() {
        var folder = Scratch.folder("may-mount");
        try {
            mount("1m", folder);
            unmount(folder);
            return true;
        } catch (StartFailed notAllowed) {
            return false;
        }
    }

    /** Not one more page fits. */
    void fill() {
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(PIECE);
            }
        } catch (IOException full) {
            // As it should be.
        }
    }

    /** There is room again. */
    void clear() {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        clear();
        move(TABLESPACE, "pg_default");
        postgres.execute("postgres", "CHECKPOINT", "DROP TABLESPACE " + TABLESPACE);
        unmount(mount);
    }

    private void move(String from, String to) {
        for (var database : databases) {
            for (var kind : List.of("TABLE", "INDEX")) {
                postgres.execute(database, "ALTER " + kind + " ALL IN TABLESPACE " + from + " SET TABLESPACE " + to);
            }
        }
    }

    private static void mount(String size, Path folder) {
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
    }

    /** Lazily: sessions of the server still hold files open that are deleted. */
    private static void unmount(Path folder) {
        run("umount", "--lazy", folder.toString());
    }

    private static void run(String... command) {
        Child.run(command[0], List.of(command), Map.of(), PATIENCE);
    }
}
