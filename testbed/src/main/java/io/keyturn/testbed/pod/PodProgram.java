package io.keyturn.testbed.pod;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** What runs where a container would. The image name picks one; the tag says nothing. */
@FunctionalInterface
interface PodProgram {

    /** Runs until the sandbox says stop; returning earlier, or failing, is a crash of the container. */
    void run(Sandbox sandbox);

    /** Empty for an image that is not one of ours: it cannot be pulled. */
    static Optional<PodProgram> named(String image) {
        return switch (image.replaceFirst("[:@][^/]*$", "")) {
            case "keyturn.test/pause" -> Optional.of(PodProgram::pause);
            case "keyturn.test/pg-env", "keyturn.test/pg-envfrom" ->
                Optional.of(new PgLoginProgram(PgLoginProgram::fromEnvironment));
            case "keyturn.test/pg-volume" -> Optional.of(new PgLoginProgram(PgLoginProgram::fromFile));
            default -> Optional.empty();
        };
    }

    private static void pause(Sandbox sandbox) {
        sandbox.ready(true);
        while (!sandbox.stopsWithin(Duration.ofHours(1))) {
            continue;
        }
    }

    /** What a program can see and say. */
    interface Sandbox {
        String pod();

        /** The variables, as they were when the container started. */
        Map<String, String> env();

        /** The mounted files, as they are now. */
        Volumes.View files();

        void ready(boolean ready);

        /** An attempt to log in; null for success. */
        void login(String user, @Nullable String sqlState);

        /** Waits; true as soon as the program has to end. */
        boolean stopsWithin(Duration time);
    }
}
