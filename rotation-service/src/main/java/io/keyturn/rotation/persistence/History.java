package io.keyturn.rotation.persistence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** What status says about a SecretRotation: the active run, the last finished one, the last that succeeded. */
public record History(
        @Nullable Entry active,
        @Nullable Entry last,
        @Nullable Entry adopted,
        @Nullable Entry succeeded) {

    /** From rows among which are the first active one, the last one, the first and the last that succeeded. */
    static History of(List<RotationRow> rows) {
        var byEnd = Comparator.comparing((RotationRow row) -> requireNonNull(row.finishedAt));
        return new History(
                Entry.of(rows.stream().filter(row -> row.finishedAt == null).findFirst()),
                Entry.of(rows.stream().filter(row -> row.finishedAt != null).max(byEnd)),
                Entry.of(rows.stream().filter(History::succeeded).min(byEnd)),
                Entry.of(rows.stream().filter(History::succeeded).max(byEnd)));
    }

    private static boolean succeeded(RotationRow row) {
        return row.finishedAt != null && "Succeeded".equals(row.outcome);
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
