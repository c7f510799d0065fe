package io.keyturn.system.deploy;

import java.util.List;
import java.util.Map;

import io.keyturn.contract.resource.Annotations;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The policy of {@code deploy/admission} does not look at writes of a status, and need not: none of them changes an annotation. */
@ExtendWith(NamesBed.Lent.class)
class StatusNamesIT {
    private static final String JANE = "jane@example.org";
    private static final Map<String, ?> STATUS = Map.of("phase", "Pending");
    private static final Map<String, String> NAMES = Map.of(
            Annotations.APPROVE,
            "r1",
            Annotations.APPROVED_BY,
            JANE,
            Annotations.ROTATE,
            "t1",
            Annotations.REQUESTED_BY,
            JANE);

    private final NamesBed bed;

    StatusNamesIT(NamesBed bed) {
        this.bed = bed;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keyturn-rotation", "keyturn-watcher"})
    void serviceWritesItsStatusWhileTheNamesOfOthersStand(String service) {
        var name = bed.admin.create("status-of-" + service, Map.of());
        bed.approver.annotate(name, NAMES);

        try (var client = bed.server.clientFor("keyturn-system", service)) {
            var writer = new Writer(service, client, NamesBed.NAMESPACE);
            assertThat(writer.writeStatus(name, "PATCH", "application/apply-patch+yaml", object(name, Map.of())))
                    .isEqualTo(200);
        }

        assertThat(bed.admin.rotation(name).get().<String>get("status", "phase"))
                .isEqualTo("Pending");
        assertThat(bed.admin.annotations(name)).isEqualTo(NAMES);
    }

    /** Tried by an administrator, whom no right holds back, and under the name of another. */
    @ParameterizedTest
    @CsvSource({
        "PUT, application/json",
        "PATCH, application/merge-patch+json",
        "PATCH, application/json-patch+json",
        "PATCH, application/apply-patch+yaml",
    })
    void noWayToWriteAStatusChangesAnAnnotation(String method, String type) {
        var name = bed.admin.create("status-by-" + type.replaceAll("[^a-z]+", "-"), Map.of("note", "kept"));
        var body = type.contains("json-patch")
                ? List.of(
                        Map.of("op", "add", "path", "/metadata/annotations", "value", NAMES),
                        Map.of("op", "add", "path", "/status", "value", STATUS))
                : object(name, NAMES);

        assertThat(bed.admin.writeStatus(name, method, type, body)).isEqualTo(200);

        assertThat(bed.admin.rotation(name).get().<String>get("status", "phase"))
                .isEqualTo("Pending");
        assertThat(bed.admin.annotations(name)).isEqualTo(Map.of("note", "kept"));
    }

    private Map<String, ?> object(String name, Map<String, String> annotations) {
        var now = bed.admin.rotation(name).get();
        return Map.of(
                "apiVersion",
                now.getApiVersion(),
                "kind",
                now.getKind(),
                "metadata",
                Map.of(
                        "name", name,
                        "annotations", annotations,
                        "resourceVersion", now.getMetadata().getResourceVersion()),
                "status",
                STATUS);
    }
}
