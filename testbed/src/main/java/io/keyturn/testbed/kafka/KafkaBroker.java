package io.keyturn.testbed.kafka;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Main class of the broker's JVM: formats the storage if it is empty and runs broker and controller in one. Argument:
 * the properties file. Properties that begin with {@value #USER} name users that exist from the start, with their passwords.
 */
public final class KafkaBroker {

    static final String USER = "testbed.user.";

    private KafkaBroker() {}

    /** Runs until the process is asked to end. */
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(Path.of(arguments[0]))) {
            properties.load(file);
        }
        List<String> users = new ArrayList<>();
        for (String key : List.copyOf(properties.stringPropertyNames())) {
            if (key.startsWith(USER)) {
                String password = (String) properties.remove(key);
                users.add("SCRAM-SHA-512=[name=" + key.substring(USER.length()) + ",password=" + password + "]");
            }
        }
        format(properties.getProperty("log.dirs"), users);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "kafka-shutdown"));
        server.startup();
        server.awaitShutdown();
    }

    private static void format(String directory, List<String> users) throws Exception {
        if (Files.exists(Path.of(directory, "meta.properties"))) {
            return;
        }
        new Formatter()
                .setPrintStream(System.out)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .addDirectory(directory)
                .setMetadataLogDirectory(directory)
                .setControllerListenerName("CONTROLLER")
                .setScramArguments(users)
                .run();
    }
}
