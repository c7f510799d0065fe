package io.keyturn.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * The one folder that holds the logs of everything this JVM starts: {@code target/testbed-runs/<time>-<pid>}, or the
 * folder named by the system property {@value #PROPERTY}. It stays after the run.
 */
public final class RunFolder {

    /** System property that names the folder. */
    public static final String PROPERTY = "keyturn.testbed.run";

    private static final Path FOLDER = create();

    private RunFolder() {}

    /** The folder, which exists. */
    public static Path path() {
        return FOLDER;
    }

    /** The log file of that name in the folder. */
    public static Path log(String name) {
        return FOLDER.resolve(name + ".log");
    }

    private static Path create() {
        String named = System.getProperty(PROPERTY);
        String time = LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        Path folder = named != null
                ? Path.of(named)
                : Path.of(
                        "target",
                        "testbed-runs",
                        time + "-" + ProcessHandle.current().pid());
        try {
            return Files.createDirectories(folder.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
