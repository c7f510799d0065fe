package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.process.Child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A packaged service, started with what an installation would tell it, to hear what it does not know. Its servers need not be there. */
final class ConfigurationTrial {
    /** A property that no service knows: it shows that the file was read, and that what is not known is said. */
    static final String NONSENSE = "quarkus.datasource.nonsense";

    private static final Pattern UNKNOWN = Pattern.compile("Unrecognized configuration key \\\\?\"([^\"\\\\]+)");

    private ConfigurationTrial() {}

    /** Fails unless the service starts as far as it can without servers, and {@link #NONSENSE} is all it does not know. */
    static void assertStarts(
            String how, String service, Path folder, String properties, Map<String, String> environment)
            throws IOException {
        var config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(config.resolve("application.properties"), properties + "\n" + NONSENSE + "=x\n");
        try (var child = Child.start(how + "-" + service, command(service, folder), environment)) {
            await().atMost(Duration.ofSeconds(120)).until(() -> !child.isAlive() || hasStarted(child.log()));
            assertThat(unknown(child.log())).as(Chart.read(child.log())).containsExactly(NONSENSE);
            assertPastItsConfiguration(child.log());
        }
    }

    private static boolean hasStarted(Path log) {
        return Chart.read(log).contains("Installed features");
    }

    /** It starts, or ends only because its database is not there. */
    private static void assertPastItsConfiguration(Path log) {
        if (hasStarted(log)) {
            return;
        }
        assertThat(Chart.read(log).lines().filter(line -> line.contains("\"level\":\"FATAL\"")))
                .as(Chart.read(log))
                .singleElement()
                .asString()
                .containsPattern("\"property\":\"quarkus\\.datasource\\.jdbc\\.url\"")
                .contains("names a server that does not answer");
    }

    private static Set<String> unknown(Path log) {
        var unknown = new TreeSet<String>();
        UNKNOWN.matcher(Chart.read(log)).results().forEach(found -> unknown.add(found.group(1)));
        return unknown;
    }

    /** As the container runs it, in a working directory that holds its configuration. */
    private static List<String> command(String service, Path folder) {
        var container = Chart.ofKind(Chart.render(Map.of()), "Deployment").getFirst();
        var command = new ArrayList<>(List.of(
                "env",
                "--chdir=" + folder,
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        container
                .at("/spec/template/spec/containers/0/args")
                .forEach(argument ->
                        command.add(argument.asText().equals("app.jar") ? jar(service) : argument.asText()));
        return command;
    }

    private static String jar(String service) {
        return ServiceJar.valueOf(service.toUpperCase(Locale.ROOT)).jar().toString();
    }
}
