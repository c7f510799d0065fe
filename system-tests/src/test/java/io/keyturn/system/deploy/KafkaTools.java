package io.keyturn.system.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Kafka's command line tools, as its distribution has them in {@code bin}: the same classes with the same options. */
final class KafkaTools {
    private static final Map<String, String> TOOLS = Map.of(
            "kafka-topics.sh", "org.apache.kafka.tools.TopicCommand",
            "kafka-acls.sh", "org.apache.kafka.tools.AclCommand",
            "kafka-configs.sh", "kafka.admin.ConfigCommand");

    private KafkaTools() {}

    /** Writes them to a folder and returns it. */
    static Path in(Path folder) throws IOException {
        var bin = Files.createDirectories(folder.resolve("kafka/bin"));
        var quiet = Files.writeString(folder.resolve("kafka/logging.properties"), "logger.level=ERROR\n");
        for (var tool : TOOLS.entrySet()) {
            var script = Files.writeString(bin.resolve(tool.getKey()), """
                    #!/bin/sh
                    exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m \\
                        -Djava.util.logging.manager=org.jboss.logmanager.LogManager -Dlogging.configuration='%s' \\
                        -cp '%s' %s "$@"
                    """.formatted(
                            Path.of(System.getProperty("java.home"), "bin", "java"),
                            quiet.toUri(),
                            System.getProperty("java.class.path"),
                            tool.getValue()));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return bin;
    }

    /** What an administrator logs in with. */
    static Path clientConfig(Path folder, Map<String, String> properties) throws IOException {
        var file = new StringBuilder();
        properties.forEach(
                (name, value) -> file.append(name).append('=').append(value).append('\n'));
        return Files.writeString(folder.resolve("admin.properties"), file);
    }
}
