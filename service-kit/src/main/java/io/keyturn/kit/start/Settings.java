package io.keyturn.kit.start;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.keyturn.contract.topic.Service;
import org.jspecify.annotations.Nullable;

/**
 * What a service must be told about the servers it works with, and in which form. Frameworks take a missing address for the
 * machine itself, and find a missing file out with the first connection; here either ends the start.
 */
final class Settings {
    static final String KAFKA = "kafka.bootstrap.servers";
    static final String JDBC = "quarkus.datasource.jdbc.url";
    static final String REACTIVE = "quarkus.datasource.reactive.url";
    static final String USER = "quarkus.datasource.username";
    static final String PASSWORD = "quarkus.datasource.password";
    static final String OWNER = "quarkus.flyway.username";
    static final String OWNER_PASSWORD = "quarkus.flyway.password";
    static final String VAULT = "quarkus.vault.url";

    private static final Pattern HOST_AND_PORT = Pattern.compile("(?:[\\w.-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");
    private static final Pattern JDBC_URL = Pattern.compile("jdbc:postgresql:(?://[^/?#]+)?/?[^/?#]+(?:\\?.*)?");
    private static final Pattern REACTIVE_URL =
            Pattern.compile("(?:vertx-reactive:)?postgres(?:ql)?://[^/?#]+/[^/?#]+(?:\\?.*)?");
    private static final Pattern HTTP_URL = Pattern.compile("https?://[^/?#\\s]+(?:/.*)?");
    private static final Pattern JDBC_FILE = Pattern.compile("[?&](?:sslrootcert|sslcert|sslkey)=([^&]+)");
    private static final Set<String> PROTOCOLS = Set.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    /** One of these says how to log in to Vault. */
    private static final List<String> VAULT_LOGINS = List.of(
            "quarkus.vault.authentication.kubernetes.role",
            "quarkus.vault.authentication.userpass.username",
            "quarkus.vault.authentication.app-role.role-id",
            "quarkus.vault.authentication.aws-iam.role",
            "quarkus.vault.authentication.client-token",
            "quarkus.vault.authentication.client-token-wrapping-token");

    /** Properties that name a file each. */
    private static final List<String> FILES = List.of(
            "kafka.ssl.truststore.location",
            "kafka.ssl.keystore.location",
            "quarkus.datasource.reactive.trust-certificate-pem.certs",
            "quarkus.vault.tls.ca-cert",
            "quarkus.vault.authentication.kubernetes.jwt-token-path",
            "quarkus.kubernetes-client.ca-cert-file",
            "kubeconfig");

    private final Function<String, @Nullable String> values;
    private final List<Complaint> complaints = new ArrayList<>();

    private Settings(Function<String, @Nullable String> values) {
        this.values = values;
    }

    /** Everything that is wrong. @param values the value of a property; null where there is none */
    static List<Complaint> check(Service service, Function<String, @Nullable String> values) {
        var settings = new Settings(values);
        settings.required("keyturn.cluster", "set it to the name of this cluster, such as production");
        settings.kafka();
        switch (service) {
            case WATCHER -> settings.vault();
            case ROTATION -> {
                settings.database();
                settings.vault();
            }
            case RESTART, AUDIT -> settings.database();
        }
        FILES.forEach(property -> settings.file(property, values.apply(property)));
        return List.copyOf(settings.complaints);
    }

    private void kafka() {
        if (required(KAFKA, "set it to host:port of one broker or more, separated by commas")) {
            for (var broker : value(KAFKA).split(",", -1)) {
                if (!isHostAndPort(broker.strip())) {
                    complain(
                            KAFKA,
                            "is not a list of host:port",
                            "write it as kafka-1:9092,kafka-2:9092, without a scheme");
                    break;
                }
            }
        }
        var protocol = values.apply("kafka.security.protocol");
        if (protocol != null && !PROTOCOLS.contains(protocol)) {
            complain(
                    "kafka.security.protocol",
                    "is not one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
                    "set it to the one the brokers' listener speaks");
        }
        if (protocol != null && protocol.startsWith("SASL_")) {
            required(
                    "kafka.sasl.jaas.config", "set it to the login of this service, or choose a protocol without SASL");
        }
    }

    private void database() {
        form(JDBC, JDBC_URL, "a JDBC URL of PostgreSQL", "jdbc:postgresql://host:5432/database");
        form(REACTIVE, REACTIVE_URL, "a URL of PostgreSQL", "postgresql://host:5432/database");
        if (required(USER, "set it to the database user of this service") && values.apply(PASSWORD) == null) {
            complaints.add(Complaint.missing(
                    PASSWORD,
                    "set it to the password of " + USER + ", or to nothing where the server asks for no password"));
        }
        if (values.apply(OWNER) != null) {
            // Without it the owner would be passed over in silence, and the migrations run as the service's own user.
            required(OWNER_PASSWORD, "set it to the password of " + OWNER);
        }
        var jdbc = values.apply(JDBC);
        if (jdbc != null) {
            JDBC_FILE.matcher(jdbc).results().forEach(found -> file(JDBC, found.group(1)));
        }
    }

    private void vault() {
        form(VAULT, HTTP_URL, "an http or https URL", "https://vault.vault.svc:8200");
        // Beside another login an empty one is none: that is how a default is switched off.
        if (VAULT_LOGINS.stream().noneMatch(property -> !value(property).isBlank())) {
            var empty = VAULT_LOGINS.stream().filter(property -> values.apply(property) != null);
            required(
                    empty.findFirst().orElse(VAULT_LOGINS.getFirst()),
                    "set it to the login of this service, or to its role, or choose another kind of login");
        }
    }

    private void form(String property, Pattern form, String what, String example) {
        if (required(property, "set it to " + what + ", such as " + example)
                && !form.matcher(value(property)).matches()) {
            complain(property, "is not " + what, "write it as " + example);
        }
    }

    private boolean required(String property, String remedy) {
        var value = values.apply(property);
        if (value == null) {
            complaints.add(Complaint.missing(property, remedy));
        } else if (value.isBlank()) {
            complain(property, "is empty", remedy);
        }
        return value != null && !value.isBlank();
    }

    private void file(String property, @Nullable String names) {
        if (names == null) {
            return;
        }
        for (var name : names.split(",")) {
            if (!name.isBlank() && !Files.isReadable(Path.of(name.strip()))) {
                complain(
                        property,
                        "names a file that is not there or cannot be read",
                        "mount the file or correct its path");
            }
        }
    }

    private void complain(String property, String wrong, String remedy) {
        complaints.add(new Complaint(property, wrong, remedy));
    }

    private String value(String property) {
        var value = values.apply(property);
        return value == null ? "" : value;
    }

    private static boolean isHostAndPort(String broker) {
        var parts = HOST_AND_PORT.matcher(broker);
        if (!parts.matches()) {
            return false;
        }
        var port = Integer.parseInt(parts.group(1));
        return port > 0 && port < 65_536;
    }
}
