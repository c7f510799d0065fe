package io.keyturn.testbed.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.testbed.platform.RunningService;
import org.awaitility.Awaitility;

/** The audit trail of a run, as anybody reads it through the REST API. */
final class AuditTrail {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunningService audit;

    AuditTrail(RunningService audit) {
        this.audit = audit;
    }

    /** The entries of a run, oldest first; waits until its end is on record. */
    List<JsonNode> of(String run, String end) {
        var entries = new ArrayList<JsonNode>();
        Awaitility.await("the end of the run on record")
                .atMost(Duration.ofSeconds(15))
                .until(() -> {
                    entries.clear();
                    get("/audit/events?order=oldest&limit=200&rotation=" + run)
                            .path("items")
                            .forEach(entries::add);
                    return entries.stream()
                            .anyMatch(e -> e.path("type").asText().contains("rotation." + end));
                });
        return entries;
    }

    /** The answer of the service that recomputes its whole chain. */
    JsonNode verify() {
        return get("/audit/verify");
    }

    private JsonNode get(String path) {
        try {
            return JSON.readTree(audit.get(path));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The audit service does not answer in JSON", e);
        }
    }
}
