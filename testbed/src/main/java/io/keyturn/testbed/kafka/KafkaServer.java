package io.keyturn.testbed.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.keyturn.testbed.process.Child;
import io.keyturn.testbed.process.FreePort;
import io.keyturn.testbed.process.RandomText;
import io.keyturn.testbed.process.Scratch;
import io.keyturn.testbed.tls.ServerCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in a child JVM. Clients log in with SCRAM-SHA-512; what no ACL allows is denied, except to
 * {@value #ADMIN}; topics are never created by use. It can be stopped, killed and started again on the same port and
 * data; {@link #close} deletes the data.
 */
public final class KafkaServer implements AutoCloseable {

    /** The one super user. */
    public static final String ADMIN = "admin";

    private static final String BROKER = "broker";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A listener whose clients are told to go to another port than its own, where a proxy may lie before it. */
    public record Door(int port, int advertised) {}

    private final String name = "kafka-" + NUMBER.incrementAndGet();
    private final Path folder = Scratch.folder(name);
    private final int port = FreePort.next();
    private final int controllerPort = FreePort.next();
    private final Map<String, String> passwords =
            new ConcurrentHashMap<>(Map.of(ADMIN, RandomText.ofLength(24), BROKER, RandomText.ofLength(24)));
    private final @Nullable ServerCertificate certificate;
    private final List<Door> doors;
    private @Nullable Child broker;
    private @Nullable Admin admin;

    private KafkaServer(boolean tls, int doors) {
        this.doors = Stream.generate(() -> new Door(FreePort.next(), FreePort.next()))
                .limit(doors)
                .toList();
        try {
            certificate = tls ? ServerCertificate.create(folder) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (OutputStream file = Files.newOutputStream(folder.resolve("server.properties"))) {
            properties().store(file, null);
            Files.writeString(folder.resolve("logging.properties"), """
                    logger.level=INFO
                    loggers=org.apache.kafka,kafka
                    logger.org.apache.kafka.level=WARN
                    logger.kafka.level=WARN
                    logger.handlers=CONSOLE
                    handler.CONSOLE=org.jboss.logmanager.handlers.ConsoleHandler
                    handler.CONSOLE.formatter=PATTERN
                    formatter.PATTERN=org.jboss.logmanager.formatters.PatternFormatter
                    formatter.PATTERN.properties=pattern
                    formatter.PATTERN.pattern=%d{HH:mm:ss,SSS} %-5p %c{1.} %s%e%n
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a broker and waits until it serves clients. */
    public static KafkaServer start() {
        return start(false, 0);
    }

    /** The same with further doors; with TLS nothing is said in clear. */
    public static KafkaServer start(boolean tls, int doors) {
        KafkaServer server = new KafkaServer(tls, doors);
        server.resume();
        return server;
    }

    /** Address for clients. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** As many as were asked for. */
    public List<Door> doors() {
        return doors;
    }

    /** A shared client with every right; closed with the server. */
    public Admin admin() {
        return Objects.requireNonNull(admin);
    }

    /** Client properties with which that user logs in; the user must have been added. */
    public Map<String, String> clientConfig(String user) {
        String password = passwords.get(user);
        if (password == null) {
            throw new IllegalArgumentException("No such Kafka user: " + user);
        }
        return clientConfig(user, password);
    }

    /** Client properties with a password of the caller's choice. */
    public Map<String, String> clientConfig(String user, String password) {
        Map<String, String> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers(),
                "security.protocol",
                protocol(),
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                scram(user, password)));
        config.putAll(trust());
        return Map.copyOf(config);
    }

    /** The authority that signed the broker's certificate, PEM; only with TLS. */
    public Path certificateAuthority() {
        return Objects.requireNonNull(certificate, "started without TLS").authority();
    }

    private String protocol() {
        return certificate == null ? "SASL_PLAINTEXT" : "SASL_SSL";
    }

    private Map<String, String> trust() {
        return certificate == null
                ? Map.of()
                : Map.of(
                        "ssl.truststore.type",
                        "PEM",
                        "ssl.truststore.location",
                        certificate.authority().toString());
    }

    /** What the broker shows its clients: key and certificate in one file. */
    private Map<String, String> identity() {
        if (certificate == null) {
            return Map.of();
        }
        try {
            Path both = folder.resolve("server.pem");
            Files.writeString(both, Files.readString(certificate.key()) + Files.readString(certificate.certificate()));
            return Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location", both.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a user with a random password, or keeps the one there is. */
    public void addUser(String user) {
        if (!passwords.containsKey(user)) {
            addUser(user, RandomText.ofLength(24));
        }
    }

    /** Adds a user, or changes its password, and waits until the broker knows it. */
    public void addUser(String user, String password) {
        ScramCredentialInfo credential = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        Results.get(
                admin().alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, credential, password)))
                        .all());
        passwords.put(user, password);
    }

    /**
     * Applies {@code topics.yaml} and {@code acls.yaml} of a folder and adds the users whom the ACLs name. Repeating it
     * changes nothing.
     */
    public void provision(Path deployment) {
        KafkaProvisioner provisioner = new KafkaProvisioner(admin());
        provisioner.users(deployment).forEach(this::addUser);
        provisioner.apply(deployment);
    }

    /** Starts the broker again on the same port and data. */
    public void resume() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseCompactObjectHeaders",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dlogging.configuration="
                        + folder.resolve("logging.properties").toUri(),
                "-cp",
                System.getProperty("java.class.path"),
                KafkaBroker.class.getName(),
                folder.resolve("server.properties").toString());
        broker = Child.start(name, command, Map.of());
        broker.await(PATIENCE, () -> FreePort.answers(port));
        if (admin == null) {
            admin = Admin.create(Map.copyOf(clientConfig(ADMIN)));
        }
        Results.get(admin.describeCluster().nodes());
    }

    /** Stops the broker cleanly. */
    public void stop() {
        Objects.requireNonNull(broker).stop(Duration.ofSeconds(20));
    }

    /** SIGSTOP: connections stand and nothing is answered, until {@link #unfreeze}. */
    public void freeze() {
        Objects.requireNonNull(broker).signal("STOP");
    }

    /** Ends {@link #freeze}. */
    public void unfreeze() {
        Objects.requireNonNull(broker).signal("CONT");
    }

    /** Kills the broker (SIGKILL). */
    public void kill() {
        Objects.requireNonNull(broker).kill();
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        if (broker != null) {
            broker.kill();
        }
        Scratch.delete(folder);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@localhost:" + controllerPort,
                "listeners",
                "CLIENT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort
                        + doors(Door::port, "://localhost:"),
                "advertised.listeners",
                "CLIENT://localhost:" + port + doors(Door::advertised, "://localhost:"),
                "inter.broker.listener.name",
                "CLIENT",
                "controller.listener.names",
                "CONTROLLER",
                "listener.security.protocol.map",
                "CLIENT:" + protocol() + ",CONTROLLER:SASL_PLAINTEXT" + doors(_ -> protocol(), ":"),
                "log.dirs",
                folder.resolve("data").toString()));
        String brokerPassword = Objects.requireNonNull(passwords.get(BROKER));
        // The controller's listener knows one user, the broker itself: nobody else gets in.
        properties.putAll(Map.of(
                "sasl.mechanism.inter.broker.protocol",
                "SCRAM-SHA-512",
                "listener.name.client.sasl.enabled.mechanisms",
                "SCRAM-SHA-512",
                "listener.name.client.scram-sha-512.sasl.jaas.config",
                scram(BROKER, brokerPassword),
                "sasl.mechanism.controller.protocol",
                "PLAIN",
                "listener.name.controller.sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.controller.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + BROKER
                        + "\" password=\"" + brokerPassword + "\" user_" + BROKER + "=\"" + brokerPassword + "\";",
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:" + ADMIN + ";User:" + BROKER,
                "allow.everyone.if.no.acl.found",
                "false",
                "auto.create.topics.enable",
                "false"));
        for (int i = 0; i < doors.size(); i++) {
            properties.put("listener.name.door" + i + ".sasl.enabled.mechanisms", "SCRAM-SHA-512");
            properties.put("listener.name.door" + i + ".scram-sha-512.sasl.jaas.config", scram(BROKER, brokerPassword));
        }
        // One broker and few clients: small pools, few partitions, no waiting for more members.
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "group.initial.rebalance.delay.ms", "0",
                // After a kill the broker is let in again once its former session has timed out.
                "broker.session.timeout.ms", "4000",
                "broker.heartbeat.interval.ms", "500",
                "log.cleaner.dedupe.buffer.size", "4194304"));
        properties.putAll(Map.of("num.network.threads", "2", "num.io.threads", "4"));
        properties.putAll(trust());
        properties.putAll(identity());
        passwords.forEach((user, password) -> properties.put(KafkaBroker.USER + user, password));
        return properties;
    }

    /** What is to be said of the doors, after what was said of the other listeners. */
    private String doors(Function<Door, Object> what, String before) {
        return IntStream.range(0, doors.size())
                .mapToObj(i -> ",DOOR" + i + before + what.apply(doors.get(i)))
                .collect(Collectors.joining());
    }

    private static String scram(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password.replace("\\", "\\\\").replace("\"", "\\\"") + "\";";
    }
}
