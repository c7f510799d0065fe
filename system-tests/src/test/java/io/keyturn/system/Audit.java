package io.keyturn.system;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.contract.event.EventType;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.testbed.platform.RunningService;
import io.keyturn.testbed.platform.ServiceJar;

/** What audit-service answers over REST. */
public final class Audit {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Audit() {}

    /** The types on record of that run, oldest first. */
    static List<EventType> types(RotationId run) {
        var page = get(Keyturn.service(ServiceJar.AUDIT), "/audit/events?order=oldest&limit=1000&rotation=" + run);
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(event -> EventType.named(event.path("type").asText()).orElseThrow())
                .toList();
    }

    /** The ids on record of that type and namespace, read page by page. */
    static Set<String> ids(String namespace, String type) {
        return ids(Keyturn.service(ServiceJar.AUDIT), namespace, type);
    }

    /** The same of that process. */
    public static Set<String> ids(RunningService audit, String namespace, String type) {
        var ids = new TreeSet<String>();
        var question = "/audit/events?order=oldest&limit=1000&namespace=" + namespace + "&type=" + type;
        var page = get(audit, question);
        while (true) {
            page.path("items").forEach(item -> ids.add(item.path("id").asText()));
            var next = page.path("next");
            if (!next.isTextual()) {
                return ids;
            }
            page = get(audit, question + "&after=" + next.asText());
        }
    }

    /** Whether the whole chain holds, recomputed now. */
    static boolean holds() {
        return holds(Keyturn.service(ServiceJar.AUDIT));
    }

    /** The same of that process. */
    public static boolean holds(RunningService audit) {
        return get(audit, "/audit/verify").path("ok").asBoolean();
    }

    private static JsonNode get(RunningService audit, String path) {
        try {
            return JSON.readTree(audit.get(path));
        } catch (JsonProcessingException e) {
            throw new AssertionError("audit-service does not answer in JSON");
        }
    }
}
