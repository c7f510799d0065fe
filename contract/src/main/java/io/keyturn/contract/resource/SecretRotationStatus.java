package io.keyturn.contract.resource;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** What is true now. rotation-service writes all of it but {@code nextRotation} and condition {@code Scheduled}, which are the watcher's. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SecretRotationStatus(
        @Nullable String phase,
        @Nullable List<Condition> conditions,
        @Nullable Long version,
        @Nullable String principal,
        @Nullable LastRotation lastRotation,

        @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
        Instant nextRotation,

        @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
        Instant previousValidUntil,

        @Nullable Long observedGeneration) {

    /** The condition of this type, if there is one. */
    public Optional<Condition> condition(String type) {
        return Stream.ofNullable(conditions)
                .flatMap(List::stream)
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    /** The last finished run. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LastRotation(
            @Nullable String id,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Instant startedAt,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Instant finishedAt,

            @Nullable String outcome,
            @Nullable String reason) {}

    /** As everywhere in Kubernetes; the list is a map by type. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Condition(
            String type,
            String status,
            @Nullable String reason,
            @Nullable String message,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Instant lastTransitionTime,

            @Nullable Long observedGeneration) {}
}
