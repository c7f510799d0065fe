package io.keyturn.watcher.rotation;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.Interval;
import io.keyturn.contract.resource.SecretRotationSpec.Schedule;
import io.keyturn.contract.resource.SecretRotationSpec.Window;
import io.keyturn.contract.resource.SecretRotationStatus.Condition;
import io.keyturn.watcher.due.BadSchedule;
import io.keyturn.watcher.due.Policy;
import io.keyturn.watcher.due.Policy.LastRun;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the watcher needs of a SecretRotation, part by part: an object that a newer or older version wrote must not
 * keep the others from being watched, as it would if the list were decoded into the full type.
 */
final class PolicyReader {
    private static final Set<String> SUCCESSES = Set.of("succeeded", "adopted");

    /** Phases before the first run and after each. */
    private static final Set<String> AT_REST = Set.of("Pending", "Succeeded", "Failed", "RolledBack");

    private @Nullable BadSchedule problem;

    private PolicyReader() {}

    /** Never fails on the object's content: what cannot be understood is in {@link Policy#badField}. */
    static Policy read(GenericKubernetesResource object) {
        return new PolicyReader().policy(object);
    }

    /** A condition of the status, as it is; null if absent. */
    static @Nullable Condition condition(GenericKubernetesResource object, String type) {
        if (part(object.getAdditionalProperties(), "status").get("conditions") instanceof List<?> conditions) {
            for (var entry : conditions) {
                if (entry instanceof Map<?, ?> map && type.equals(map.get("type"))) {
                    return EventJson.mapper().convertValue(map, Condition.class);
                }
            }
        }
        return null;
    }

    /** {@code status.nextRotation}; null if absent. */
    static @Nullable Instant nextRotation(GenericKubernetesResource object) {
        return instant(part(object.getAdditionalProperties(), "status").get("nextRotation"));
    }

    private Policy policy(GenericKubernetesResource object) {
        var metadata = object.getMetadata();
        var spec = part(object.getAdditionalProperties(), "spec");
        var status = part(object.getAdditionalProperties(), "status");
        var annotations = metadata.getAnnotations() == null ? Map.<String, String>of() : metadata.getAnnotations();
        var adopted = condition(object, "Adopted");
        var schedule = schedule(spec);
        return new Policy(
                ObjectRef.secretRotation(metadata.getNamespace(), metadata.getName()),
                new Uid(metadata.getUid()),
                Instant.parse(metadata.getCreationTimestamp()),
                Boolean.TRUE.equals(spec.get("suspend")),
                adopted != null && "True".equals(adopted.status()),
                metadata.getDeletionTimestamp() != null,
                underWay(text(status.get("phase"))),
                schedule,
                problem,
                lastRun(part(status, "lastRotation")),
                annotations.get(Annotations.RETRY),
                annotations.get(Annotations.ROTATE),
                annotations.get(Annotations.COMPROMISED),
                ActorName.orNull(annotations.get(Annotations.REQUESTED_BY)));
    }

    private static boolean underWay(@Nullable String phase) {
        return phase != null && !AT_REST.contains(phase);
    }

    private @Nullable Schedule schedule(Map<?, ?> spec) {
        if (!(spec.get("schedule") instanceof Map<?, ?> schedule)) {
            return null;
        }
        var windows = schedule.get("windows") instanceof List<?> list ? list : List.of();
        var parsed = new java.util.ArrayList<Window>();
        for (int i = 0; i < windows.size(); i++) {
            if (windows.get(i) instanceof Map<?, ?> window) {
                parsed.add(new Window(
                        text(window.get("cron")),
                        interval(window.get("duration"), "spec.schedule.windows[" + i + "].duration"),
                        text(window.get("timeZone"))));
            }
        }
        return new Schedule(
                interval(schedule.get("every"), "spec.schedule.every"),
                List.copyOf(parsed),
                interval(schedule.get("jitter"), "spec.schedule.jitter"));
    }

    private @Nullable Interval interval(@Nullable Object value, String field) {
        var text = text(value);
        if (text == null) {
            return null;
        }
        try {
            return Interval.parse(text);
        } catch (IllegalArgumentException e) {
            if (problem == null) {
                problem = new BadSchedule(field, "write a length of time, such as 30d, 12h, 10m or 1h30m");
            }
            return null;
        }
    }

    private static @Nullable LastRun lastRun(Map<?, ?> last) {
        var id = text(last.get("id"));
        if (id == null) {
            return null;
        }
        try {
            var outcome = String.valueOf(last.get("outcome")).toLowerCase(Locale.ROOT);
            return new LastRun(
                    new RotationId(id),
                    instant(last.get("finishedAt")),
                    SUCCESSES.contains(outcome),
                    RequestReason.COMPROMISE.name().equals(last.get("requestReason")));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Instant instant(@Nullable Object value) {
        try {
            return value instanceof String text ? Instant.parse(text) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }

    private static Map<?, ?> part(Map<?, ?> whole, String name) {
        return whole.get(name) instanceof Map<?, ?> part ? part : Map.of();
    }
}
