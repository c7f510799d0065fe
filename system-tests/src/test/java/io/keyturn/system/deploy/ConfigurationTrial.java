package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.keyturn.testbed.process.Tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A packaged service, started with what an installation would tell it, to hear what it does not know. Its servers need not be there. */
final class ConfigurationTrial {
    /** A property that no service knows: it shows that the file was read, and that what is not known is said. */
    static final String NONSENSE = "quarkus.datasource.nonsense";

    private static final Pattern UNKNOWN = Pattern.compile("Unrecognized configuration key \\\\?\"([^\"\\\\]+)");

    private ConfigurationTrial() {}

    /** Fails unless the service starts as far as it can without servers, and {@link #NONSENSE} is all it does not know. */
    static void assertKnown(String service, Path folder, String properties, Map<String, String> environment)
            throws IOException, InterruptedException {
        var config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(config.resolve("application.properties"), properties + "\n" + NONSENSE + "=x\n");
        var log = folder.resolve("log");
        var process = start(service, folder, log, environment);
        try {
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> !process.isAlive() || Chart.read(log).contains("Installed features"));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(unknown(log)).as(Chart.read(log)).containsExactly(NONSENSE);
    }

    private static Set<String> unknown(Path log) {
        var unknown = new TreeSet<String>();
        UNKNOWN.matcher(Chart.read(log)).results().forEach(found -> unknown.add(found.group(1)));
        return unknown;
    }

    private static Process start(String service, Path folder, Path log, Map<String, String> environment)
            throws IOException {
        var container = Chart.ofKind(Chart.render(Map.of()), "Deployment").getFirst();
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        container
                .at("/spec/template/spec/containers/0/args")
                .forEach(argument ->
                        command.add(argument.asText().equals("app.jar") ? jar(service) : argument.asText()));
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String jar(String service) {
        var folder = Tools.repository().resolve(service + "-service/target");
        try (var jars = Files.newDirectoryStream(folder, "*-runner.jar")) {
            return jars.iterator().next().toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
