package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.platform.RunningService;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** What the services write to their logs from some moment on; everything a process prints is there, standard error too. */
final class LogLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> LEVELS = Set.of("DEBUG", "INFO", "WARN", "ERROR", "FATAL");

    private final Map<RunningService, Integer> begin = new HashMap<>();

    private LogLines() {}

    /** Of all services, from now on. */
    static LogLines fromNow() {
        var lines = new LogLines();
        Keyturn.platform()
                .services()
                .forEach(service -> lines.begin.put(service, text(service).length()));
        return lines;
    }

    /** What a service has written since. */
    List<JsonNode> of(RunningService service) {
        return parse(text(service).substring(Objects.requireNonNull(begin.get(service))));
    }

    /** Waits until a service has written a message with that code since. */
    void await(RunningService service, String code) {
        Awaitility.await(code)
                .atMost(Scenario.PATIENCE)
                .until(() -> of(service).stream()
                        .anyMatch(line -> line.path("message").asText().startsWith(code)));
    }

    /** What a service wrote from its first start to its readiness. */
    static List<JsonNode> ofTheStart(RunningService service) {
        var text = text(service);
        return parse(text.substring(0, text.indexOf('\n', text.indexOf("Installed features")) + 1));
    }

    /** Fails unless every line of every service since then is an object with the fields that are documented. */
    void areWhole() {
        assertThat(begin.keySet())
                .allSatisfy(service ->
                        assertThat(of(service)).as(service.log().toString()).allSatisfy(LogLines::isWhole));
    }

    static void isWhole(JsonNode line) {
        assertThat(line.isObject()).as("%s", line).isTrue();
        assertThat(Instant.from(OffsetDateTime.parse(line.path("timestamp").asText())))
                .isAfter(Instant.EPOCH);
        assertThat(LEVELS).contains(line.path("level").asText());
        assertThat(line.path("loggerName").asText()).isNotEmpty();
        assertThat(line.path("threadName").asText()).isNotEmpty();
        assertThat(line.path("message").isTextual()).isTrue();
        var message = line.path("message").asText();
        if (line.path("loggerName").asText().startsWith("io.keyturn")) {
            assertThat(message).matches("(?s)KT\\d{4}: .+");
        }
    }

    /** Read while it is written: what comes after the last line break is not a line yet. */
    private static String text(RunningService service) {
        try {
            var text = Files.readString(service.log());
            return text.substring(0, text.lastIndexOf('\n') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> parse(String text) {
        var lines = new ArrayList<JsonNode>();
        for (var line : text.lines().toList()) {
            try {
                lines.add(JSON.readTree(line));
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + line, e);
            }
        }
        return lines;
    }
}
