package io.keyturn.rotation.persistence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.target.Target.Standing;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** What status says about a SecretRotation: the active run, the last finished one, the last that succeeded, an open finding. */
public record History(
        @Nullable Entry active,
        @Nullable Entry last,
        @Nullable Entry adopted,
        @Nullable Entry succeeded,
        @Nullable Drift drift) {

    /** From rows among which are the first active one, the last one, the first and the last that succeeded, an open finding. */
    static History of(List<RotationRow> rows, @Nullable Drift drift) {
        var byEnd = Comparator.comparing((RotationRow row) -> requireNonNull(row.finishedAt));
        return new History(
                Entry.of(rows.stream().filter(row -> row.finishedAt == null).findFirst()),
                Entry.of(rows.stream().filter(row -> row.finishedAt != null).max(byEnd)),
                Entry.of(rows.stream().filter(History::succeeded).min(byEnd)),
                Entry.of(rows.stream().filter(History::succeeded).max(byEnd)),
                drift);
    }

    private static boolean succeeded(RotationRow row) {
        return row.finishedAt != null && "Succeeded".equals(row.outcome);
    }

    /**
     * The target refuses the stored credential.
     *
     * @param repair the last run that was to mend it; null if none was asked for
     */
    public record Drift(
            Standing standing, Instant since, @Nullable Entry repair) {
        static Drift of(DriftRow row, @Nullable RotationRow repair) {
            return new Drift(
                    Standing.valueOf(requireNonNull(row.found)),
                    requireNonNull(row.foundAt),
                    Entry.of(Optional.ofNullable(repair)));
        }
    }

    /** One run, as far as status needs it. */
    public record Entry(
            String id,
            String reason,
            RotationState state,
            Instant since,
            int pauses,
            Instant dueAt,
            Instant requestedAt,
            @Nullable Instant finishedAt,
            @Nullable String outcomeReason,
            @Nullable String detail) {
        static @Nullable Entry of(Optional<RotationRow> found) {
            return found.map(row -> new Entry(
                            row.id,
                            row.reason,
                            StateJson.readState(row.state),
                            row.stateSince,
                            row.pauses,
                            row.dueAt,
                            row.requestedAt,
                            row.finishedAt,
                            row.outcomeReason,
                            row.detail))
                    .orElse(null);
        }
    }
}
