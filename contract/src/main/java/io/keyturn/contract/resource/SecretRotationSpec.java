package io.keyturn.contract.resource;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks for. Every component may be absent as far as this type knows: the CRD's schema refuses what is
 * incomplete, and {@code rotation-service} refuses it again with a condition.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SecretRotationSpec(
        @Nullable Schedule schedule,
        @Nullable Generate generate,
        @Nullable Target target,
        @Nullable Store store,
        @Nullable List<Publication> publish,
        @Nullable List<Check> verify,
        @Nullable Consumers consumers,
        @Nullable Retire retire,
        @Nullable OnFailure onFailure,
        @Nullable Approval approval,
        @Nullable Boolean suspend,
        @Nullable DriftCheck driftCheck) {

    /** When a run is due: {@code every} after the last one (the first: after creation), inside a window if there are any. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Schedule(
            @Nullable Interval every,
            @Nullable List<Window> windows,
            @Nullable Interval jitter) {}

    /** A time in which runs may start: opens by a five-field cron expression in a time zone (default UTC). */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Window(
            @Nullable String cron,
            @Nullable Interval duration,
            @Nullable String timeZone) {}

    /** The form of new values: characters, or words and nothing else. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Generate(
            @Nullable Integer length,
            @Nullable Alphabet alphabet,
            @Nullable String exclude,
            @Nullable Minimum minimum,
            @Nullable Integer words) {}

    /** How many characters of each class a value has at least. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Minimum(
            @Nullable Integer lower,
            @Nullable Integer upper,
            @Nullable Integer digits,
            @Nullable Integer symbols) {}

    /** Exactly one target. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Target(@Nullable PostgresTarget postgres) {
        /** Where it answers, whatever kind it is; null if it has no host of its own. */
        public @Nullable String host() {
            return postgres == null ? null : postgres.host();
        }
    }

    /** Exactly one store. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Store(@Nullable VaultPath vault) {}

    /** A path in the KV v2 mount of the installation; its first segment is the SecretRotation's namespace. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record VaultPath(@Nullable String path) {}

    /** Exactly one kind of publication. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Publication(@Nullable SecretPublication secret) {}

    /** A Secret of the SecretRotation's own namespace and the keys Keyturn writes there: key to template. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SecretPublication(
            @Nullable String name,
            @Nullable String namespace,
            @Nullable Map<String, String> data) {}

    /** Exactly one kind of check, run before the old value is retired. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Check(@Nullable HttpCheck http) {}

    /** A GET that must answer with 2xx. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record HttpCheck(@Nullable String url, @Nullable Interval timeout) {}

    /** The order of restarts; workloads that no wave names roll last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Consumers(
            @Nullable List<List<String>> waves,
            @Nullable Integer maxParallel,
            @Nullable Interval deadline) {}

    /** What happens to the old value once nobody uses it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Retire(
            @Nullable Interval after,
            @Nullable Boolean terminateSessions,
            @Nullable Compromised compromised) {}

    /** How often it is looked whether the stored value still logs in, and what follows if it does not. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DriftCheck(
            @Nullable Interval every, @Nullable Repair repair) {}

    /** The alphabets of generated values; base64 and printable are not safe in a URL. */
    public enum Alphabet {
        alphanumeric,
        hex,
        base64,
        base64url,
        printable
    }

    /** What a failed run does. */
    public enum OnFailure {
        RollBack,
        Pause
    }

    /** When a value that somebody else may know dies. */
    public enum Compromised {
        AfterReaders,
        BeforeReaders
    }

    /** Whether a stored value that the target refuses is set there again without being asked for. */
    public enum Repair {
        Auto,
        Never
    }

    /** Whether a run waits for a person. */
    public enum Approval {
        None,
        Required
    }
}
