package io.keyturn.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever collects the logs finds one JSON object in every line, with the fields that docs/reference/log-messages.md promises: from
 * the start of a service up to its readiness, and through a rotation.
 */
class LogLinesST {
    private static final String NAMESPACE = "logged";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> LEVELS = Set.of("DEBUG", "INFO", "WARN", "ERROR", "FATAL");

    @Test
    void everyLineOfEveryServiceIsOneObjectWithTheFieldsThatAreDocumented() {
        var before = new HashMap<RunningService, Integer>();
        Keyturn.platform()
                .services()
                .forEach(service -> before.put(service, text(service).length()));
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        scenario.succeeds(scenario.rotate("logged"));

        assertThat(Keyturn.platform().services()).allSatisfy(service -> {
            var text = text(service);
            var started = text.substring(0, text.indexOf('\n', text.indexOf("Installed features")) + 1);
            var rotated = text.substring(Objects.requireNonNull(before.get(service)));
            assertThat(lines(started))
                    .as(service.log().toString())
                    .hasSizeGreaterThan(2)
                    .allSatisfy(LogLinesST::isWhole);
            assertThat(lines(rotated)).as(service.log().toString()).allSatisfy(LogLinesST::isWhole);
        });
        // Something of our own is among them.
        var watcher = Keyturn.service(ServiceJar.WATCHER);
        assertThat(lines(text(watcher).substring(Objects.requireNonNull(before.get(watcher)))))
                .anySatisfy(line -> assertThat(line.path("message").asText()).startsWith("KT2"));
    }

    private static void isWhole(JsonNode line) {
        assertThat(line.isObject()).as("%s", line).isTrue();
        assertThat(Instant.from(
                        java.time.OffsetDateTime.parse(line.path("timestamp").asText())))
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

    private static List<JsonNode> lines(String text) {
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
