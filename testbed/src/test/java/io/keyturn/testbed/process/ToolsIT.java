package io.keyturn.testbed.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ToolsIT {

    private record Run(int exit, String output) {}

    @Test
    void preparedProgramsAreFound() {
        assertThat(Tools.program("kube-apiserver")).isExecutable();
        assertThat(Tools.program("kubectl")).isExecutable();
    }

    @Test
    void nothingIsDoneWhenAllIsThere() throws Exception {
        assertThat(prepare(Map.of(), "all")).isEqualTo(new Run(0, ""));
    }

    @Test
    void missingGoIsOneSentenceWithTheRemedy(@TempDir Path folder) throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("python3"), python());

        Run run = prepare(Map.of("KEYTURN_TOOLS", folder.toString(), "PATH", bin.toString()), "core");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output().lines()).singleElement().asString().startsWith("Go is missing: install Go 1.25");
    }

    @Test
    void ownProgramsReplaceThePreparedOnes(@TempDir Path folder) throws Exception {
        Path own = Files.createSymbolicLink(folder.resolve("my-bao"), Path.of("/bin/true"));

        assertThat(prepare(Map.of("BAO_BIN", own.toString()), "--list").output().lines())
                .contains("bao=" + own);
        assertThat(prepare(Map.of("BAO_BIN", folder.resolve("nothing").toString()), "core"))
                .satisfies(run -> assertThat(run.exit()).isEqualTo(2))
                .satisfies(run -> assertThat(run.output()).startsWith("BAO_BIN is "));
        assertThat(prepare(Map.of("KUBEBUILDER_ASSETS", folder.toString()), "core"))
                .satisfies(run -> assertThat(run.exit()).isEqualTo(2))
                .satisfies(run -> assertThat(run.output()).startsWith("KUBEBUILDER_ASSETS is "));
    }

    @Test
    void folderIsNamedByThePins(@TempDir Path folder) throws Exception {
        assertThat(prepare(Map.of("KEYTURN_TOOLS", folder.toString()), "--where")
                        .output()
                        .strip())
                .matches(folder + "/[0-9a-f]{16}");
    }

    private static Run prepare(Map<String, String> environment, String argument)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Tools.repository().resolve("testbed/tools/prepare").toString(), argument)
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    private static Path python() throws IOException, InterruptedException {
        Process which = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
        String path = new String(which.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        which.waitFor();
        return Path.of(path);
    }
}
