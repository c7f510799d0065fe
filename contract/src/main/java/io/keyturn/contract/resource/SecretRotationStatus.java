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

        @Nullable Long observedGeneration,
        @Nullable DryRun dryRun) {

    /** The same with this answer to {@link Annotations#DRY_RUN}, or with none. */
    public SecretRotationStatus withDryRun(@Nullable DryRun answer) {
        return new SecretRotationStatus(
                phase,
                conditions,
                version,
                principal,
                lastRotation,
                nextRotation,
                previousValidUntil,
                observedGeneration,
                answer);
    }

    /** The condition of this type, if there is one. */
    public Optional<Condition> condition(String type) {
        return Stream.ofNullable(conditions)
                .flatMap(List::stream)
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    /**
     * The last finished run.
     *
     * @param requestReason why it was asked for
     * @param reason why it did not succeed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LastRotation(
            @Nullable String id,
            @Nullable String requestReason,

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

    /**
     * What a run would do now, in plain sentences; nothing of it was done.
     *
     * @param token the one that it answers
     * @param at when it was looked at
     * @param steps in their order; empty if the spec has faults
     * @param refusals all that would make a run fail or wait as things are; empty if nothing would
     * @param consumers workloads that read the published Secrets, by kind and name, or pods without one
     * @param window who is refused in between, where the target cannot accept old and new at the same time
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DryRun(
            String token,

            @JsonFormat(shape = JsonFormat.Shape.STRING) Instant at,

            List<String> steps,
            List<Refusal> refusals,
            List<String> consumers,
            @Nullable String window) {}

    /**
     * Something that stands against a run.
     *
     * @param reason a rotation reason
     * @param detail the field, and what helps
     */
    public record Refusal(String reason, String detail) {}
}
