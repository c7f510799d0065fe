package io.keyturn.kit.start;

import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;

/** Reads what a framework threw at the start. Of its texts nothing is repeated but the names of properties and what may stand there. */
final class StartFailure {
    private static final Pattern REQUIRED = Pattern.compile("SRCFG00014: .*?property (\\S+) is required");
    private static final Pattern EMPTY = Pattern.compile("SRCFG0004[01]: .*?property (\\S+) is defined as the empty");
    private static final Pattern CONVERTED = Pattern.compile(
            "SRCFG00039: .*?property (\\S+) with the config value .* whilst being converted (.*)", Pattern.DOTALL);
    private static final Pattern UNEXPANDED = Pattern.compile("SRCFG00011: Could not expand value (\\S+) in");
    private static final Pattern UNKNOWN = Pattern.compile("SRCFG00050: (\\S+) ");
    private static final Pattern ALLOWED = Pattern.compile("allowed values: ([\\w, -]+)");
    private static final Pattern OURS = Pattern.compile("((?:ClusterName|Concurrency|Duration|PageBytes) must .*)");
    private static final Pattern KAFKA =
            Pattern.compile("(?:configuration|in|Missing required configuration \") ?([a-z]+(?:\\.[a-z]+)+)");

    private StartFailure() {}

    /** What is wrong by the settings' own account; empty if the failure has another reason. */
    static List<Complaint> complaints(Throwable failure) {
        var complaints = new ArrayList<Complaint>();
        for (var cause : causes(failure)) {
            switch (cause) {
                case WrongSettings wrong -> complaints.addAll(wrong.complaints());
                case ConfigValidationException invalid -> {
                    for (int i = 0; i < invalid.getProblemCount(); i++) {
                        of(invalid.getProblem(i).getMessage()).ifPresent(complaints::add);
                    }
                }
                case ConfigurationException e ->
                    e.getConfigKeys().stream()
                            .sorted()
                            .map(key -> new Complaint(
                                    key, "cannot be used as it is", "see docs/reference/configuration.md"))
                            .forEach(complaints::add);
                case SQLException e -> database(e).ifPresent(complaints::add);
                default -> of(cause).ifPresent(complaints::add);
            }
            if (!complaints.isEmpty()) {
                return complaints;
            }
        }
        return complaints;
    }

    /** The classes of an exception and its causes, and where the last one was thrown: all that may be told of a foreign one. */
    static String trace(Throwable failure) {
        var names = new LinkedHashSet<String>();
        var deepest = failure;
        for (var cause : causes(failure)) {
            names.add(cause.getClass().getName());
            deepest = cause;
        }
        var frames = deepest.getStackTrace();
        return String.join(" < ", names) + (frames.length == 0 ? "" : " at " + frames[0]);
    }

    private static Optional<Complaint> of(String message) {
        return Stream.of(
                        first(REQUIRED, message)
                                .map(property ->
                                        Complaint.missing(property, "set it, see docs/reference/configuration.md")),
                        first(UNEXPANDED, message).map(property -> Complaint.missing(property, "set it")),
                        first(EMPTY, message)
                                .map(property ->
                                        new Complaint(property, "is empty", "give it a value or leave it out")),
                        first(UNKNOWN, message)
                                .map(property -> new Complaint(
                                        property,
                                        "is not a setting of this service",
                                        "correct its name, see docs/reference/configuration.md")),
                        converted(message))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Complaint> of(Throwable cause) {
        var name = cause.getClass().getName();
        var message = String.valueOf(cause.getMessage());
        return switch (name) {
            case "org.apache.kafka.common.config.ConfigException" ->
                first(KAFKA, message)
                        .map(key -> new Complaint("kafka." + key, "cannot be used as it is", "correct it"));
            case "java.util.NoSuchElementException", "java.lang.IllegalArgumentException" -> of(message);
            case "io.quarkus.runtime.QuarkusBindException", "java.net.BindException" ->
                Optional.of(new Complaint("quarkus.http.port", "names a port that is taken", "choose a free one"));
            default -> Optional.empty();
        };
    }

    private static Optional<Complaint> converted(String message) {
        var found = CONVERTED.matcher(message);
        if (!found.find()) {
            return Optional.empty();
        }
        var property = found.group(1);
        if (message.contains("with the config value \"\"")) {
            return Optional.of(new Complaint(property, "is empty", "give it a value or leave it out"));
        }
        return Optional.of(new Complaint(property, "has a value of the wrong form", "write " + form(found.group(2))));
    }

    private static String form(String reason) {
        var allowed = first(ALLOWED, reason);
        if (allowed.isPresent()) {
            return "one of " + allowed.get();
        }
        var ours = first(OURS, reason);
        if (ours.isPresent()) {
            return "another, for a " + ours.get();
        }
        if (reason.contains("Duration")) {
            return "a length of time such as 500ms, 30s, 10m or 24h";
        }
        if (reason.contains("Expected an integer")
                || reason.contains("Expected a long")
                || reason.contains("NumberFormat")) {
            return "a whole number";
        }
        if (reason.contains("Expected a ")) {
            return "a number";
        }
        return "it as docs/reference/configuration.md shows";
    }

    private static Optional<Complaint> database(SQLException failure) {
        var state = failure.getSQLState();
        if (causes(failure).stream()
                .anyMatch(cause -> cause instanceof SSLException || cause instanceof GeneralSecurityException)) {
            return Optional.of(
                    new Complaint(
                            Settings.JDBC,
                            "names a server with which no TLS comes about",
                            "correct its sslrootcert, which names the authority that signed the server's certificate, or its sslmode"));
        }
        if (state == null) {
            return Optional.empty();
        }
        if (state.startsWith("28")) {
            return Optional.of(new Complaint(
                    Settings.OWNER,
                    "is a login that the database refuses",
                    "correct it or " + Settings.OWNER_PASSWORD));
        }
        if (state.equals("3D000")) {
            return Optional.of(new Complaint(
                    Settings.JDBC, "names a database that does not exist", "create it with deploy/postgres"));
        }
        if (state.equals("08004")) {
            return Optional.of(new Complaint(
                    Settings.JDBC,
                    "names a server that turns the service away before it has logged in",
                    "give the password that it asks for, and in sslmode no more TLS than it has"));
        }
        if (state.equals("08001")) {
            return Optional.of(new Complaint(
                    Settings.JDBC,
                    "names a server that does not answer",
                    "correct it, or start the server and try again"));
        }
        if (state.startsWith("08")) {
            return Optional.of(
                    new Complaint(
                            Settings.JDBC,
                            "names a server with which the connection broke off",
                            "look at the server's log; with sslmode=verify-full its certificate must be made out to that host"));
        }
        return Optional.empty();
    }

    private static Optional<String> first(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** Outermost first; a chain that bites its tail ends. */
    private static Set<Throwable> causes(Throwable failure) {
        var causes = new LinkedHashSet<Throwable>();
        for (Throwable cause = failure; cause != null && causes.add(cause); cause = cause.getCause()) {}
        return causes;
    }
}
