package io.keyturn.system.deploy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import io.keyturn.testbed.process.Tools;

import static org.assertj.core.api.Assertions.assertThat;

/** bash, with the prepared programs on its PATH. */
final class Shell {
    private Shell() {}

    /** Runs a script and returns what it printed; fails if it fails. */
    static String run(String script, String input, Path folder, Map<String, String> variables) throws Exception {
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(variables);
        builder.environment()
                .put(
                        "PATH",
                        path(Objects.requireNonNullElse(builder.environment().get("PATH"), "/usr/bin:/bin")));
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            // It has ended without reading: its exit code says whether that is right.
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String path(String inherited) {
        var path = new StringBuilder();
        for (var program : new String[] {"psql", "createdb", "kubectl", "bao"}) {
            path.append(Tools.program(program).getParent()).append(':');
        }
        return path + inherited;
    }
}
