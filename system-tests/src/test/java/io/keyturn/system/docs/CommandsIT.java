package io.keyturn.system.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands of the Makefile, in a copy of their scripts, on a machine where something is missing. */
class CommandsIT {
    /** What every Linux has; what else a test wants it adds. */
    private static final List<String> BASICS =
            List.of("bash", "env", "dirname", "id", "sed", "grep", "cat", "rm", "mkdir", "true", "uname", "awk");

    @TempDir
    Path folder;

    private Path bin = Path.of("");

    record Run(int exit, String output) {}

    @BeforeEach
    void copy() throws Exception {
        Files.copy(Repository.ROOT.resolve("Makefile"), folder.resolve("Makefile"));
        for (var part : List.of("build", "testbed/tools")) {
            for (var file : Repository.files(Repository.ROOT.resolve(part), "")) {
                var target = folder.resolve(Repository.ROOT.relativize(file).toString());
                if (Files.isRegularFile(file)) {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        bin = Files.createDirectory(folder.resolve("bin"));
        for (var program : BASICS) {
            has(program);
        }
    }

    @Test
    void continuousIntegrationRunsMakeTestAndNothingElse() throws Exception {
        var run = Files.createDirectories(folder.resolve(".ci")).resolve("run");
        Files.copy(Repository.ROOT.resolve(".ci/run"), run);
        script("bin/make", "echo \"make $* in $PWD\"; exit 3");
        var builder = new ProcessBuilder(run.toString());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());

        assertThat(output(builder)).isEqualTo(new Run(3, "make test in " + folder + "\n"));
    }

    @Test
    void aJobWithoutACommandIsRefused() throws Exception {
        has("python3");
        var builder = new ProcessBuilder(folder.resolve("build/python").toString(), "build/together", "jars")
                .directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());

        assertThat(output(builder)).isEqualTo(new Run(2, "together: a job is a name and a command\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"test", "demo", "bench", "test-docker", "chaos MATRIX=all", "chaos MINUTES=3 SEED=7"})
    void everythingThatIsMissingIsSaidAtOnceAndNothingIsBegun(String target) throws Exception {
        script("build/jdk", "echo 'JDK 25 is missing: install it.' >&2; exit 2");

        var run = make(target.split(" "));

        assertThat(run.exit()).isNotZero();
        assertThat(run.output())
                .contains("JDK 25 is missing: ", "setpriv is missing: install util-linux", "Python 3 is missing: ");
        assertThat(folder.resolve("cache")).doesNotExist();
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chaos | Say what: ",
                "chaos MATRIX=0 | MATRIX is ",
                "chaos MINUTES=x | MINUTES is ",
                "chaos MINUTES=3 SEED=x | SEED is ",
                "chaos MATRIX=1 MINUTES=3 | Say what: "
            })
    void chaosWithoutASensibleWishIsRefused(String wish, String said) throws Exception {
        var run = make(wish.split(" "));

        assertThat(run.exit()).isNotZero();
        assertThat(run.output()).startsWith(said);
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void missingGoIsSaidBeforeAnythingIsFetched() throws Exception {
        script("build/jdk", "echo /jdk");
        for (var program : List.of("setpriv", "unshare", "python3")) {
            has(program);
        }

        var run = make("test");

        assertThat(run.output()).contains("Go is missing: install Go 1.25").doesNotContain("fetching");
        assertThat(run.exit()).isNotZero();
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void withoutAContainerEngineTheDockerTestsSayOneSentence() throws Exception {
        script("build/need", "exit 0");
        script("bin/docker", "exit 1");

        var run = make("test-docker");

        assertThat(run.exit()).isNotZero();
        assertThat(run.output()).startsWith("A Docker engine is missing: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help"})
    void helpListsEveryTargetWithWhatItDoes(String asked) throws Exception {
        var phony = Files.readAllLines(folder.resolve("Makefile")).stream()
                .filter(line -> line.startsWith(".PHONY: "))
                .flatMap(line -> Stream.of(line.substring(".PHONY: ".length()).split(" ")))
                .toList();

        var run = asked.isEmpty() ? make() : make(asked);

        assertThat(run.exit()).isZero();
        assertThat(phony).contains("help", "demo", "test");
        assertThat(run.output().lines())
                .allMatch(line -> line.matches("  make [a-z-]+ +[A-Z].+"))
                .extracting(line -> line.strip().split(" +")[1])
                .containsExactlyInAnyOrderElementsOf(phony);
    }

    @Test
    void jdkIsThatOfJavaHome() throws Exception {
        var home = jdk("mine", "25.0.1");
        hasJava(jdk("other", "25"));

        assertThat(findJdk(home)).isEqualTo(new Run(0, home + "\n"));
    }

    @ParameterizedTest
    @CsvSource({"21.0.2, true", "250, true", "25, false"})
    void jdkOfTheUsualFoldersComesNextAndThenThatOfThePath(String version, boolean whole) throws Exception {
        var home = jdk("mine", version);
        if (!whole) {
            Files.delete(home.resolve("bin/javac"));
        }
        var onPath = jdk("other", "25");
        hasJava(onPath);

        assertThat(findJdk(home)).isEqualTo(new Run(0, onPath + "\n"));

        var usual = jdk("usr/lib/jvm/java-25", "25.0.1");

        assertThat(findJdk(home)).isEqualTo(new Run(0, usual + "\n"));
    }

    @Test
    void withoutAJdk25OneSentenceSaysSo() throws Exception {
        var home = jdk("mine", "21.0.2");
        hasJava(home);

        var run = findJdk(home);

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output()).startsWith("JDK 25 is missing: ").hasLineCount(1);
    }

    /** Something that looks like a JDK, in a folder that stands for the root of the file system. */
    private Path jdk(String place, String version) throws IOException {
        var home = folder.resolve("root").resolve(place);
        script("root/" + place + "/bin/javac", "");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** A java on PATH that says where it lives. */
    private void hasJava(Path home) throws IOException {
        script("bin/java", "echo '    java.home = " + home + "' >&2");
    }

    private Run findJdk(Path javaHome) throws IOException, InterruptedException {
        var script = Files.readString(Repository.ROOT.resolve("build/jdk"));
        var elsewhere = script.replaceAll(" (/[^ *]+/[*])", " " + folder.resolve("root") + "$1");
        assertThat(elsewhere).contains("/root/usr/lib/jvm/*").doesNotContain(" /usr/");
        script("build/jdk", elsewhere);
        var builder = new ProcessBuilder(folder.resolve("build/jdk").toString());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", bin.toString(), "HOME", folder.toString(), "JAVA_HOME", javaHome.toString()));
        return output(builder);
    }

    @ParameterizedTest
    @CsvSource({"'', --once", "1, --once", "yes, --once", "0, ''", "no, ''", "false, ''"})
    void onceMeansOnceAndZeroMeansNot(String once, String expected) throws Exception {
        for (var nothing : List.of("build/need", "build/python")) {
            script(nothing, "exit 0");
        }
        script("build/jdk", "echo " + folder.resolve("jdk"));
        script("jdk/bin/java", "echo \"last:${@: -1}\"");
        Files.createDirectories(folder.resolve("testbed/target"));
        Files.writeString(folder.resolve("testbed/target/classpath"), "x");

        var run = make("demo", "ONCE=" + once);

        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output().strip())
                .endsWith("last:" + (expected.isEmpty() ? "io.keyturn.testbed.demo.Demo" : expected));
    }

    private void script(String path, String text) throws IOException {
        var file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void has(String program) throws IOException, InterruptedException {
        var found = output(new ProcessBuilder(
                        "bash",
                        "-c",
                        program.equals("python3")
                                ? "python3 -c 'import sys; print(sys.executable)'"
                                : "type -P " + program))
                .output()
                .strip();
        if (!found.isEmpty()) {
            script("bin/" + program, "exec '" + found + "' \"$@\"");
        }
    }

    private Run make(String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of(output(new ProcessBuilder("bash", "-c", "type -P make"))
                .output()
                .strip()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        bin.toString(),
                        "HOME",
                        folder.toString(),
                        "KEYTURN_TOOLS",
                        folder.resolve("cache").toString()));
        return output(builder);
    }

    static Run output(ProcessBuilder builder) throws IOException, InterruptedException {
        var process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
