package io.keyturn.rotation.persistence;

import java.time.Instant;
import java.util.Optional;

import io.keyturn.rotation.saga.RotationState;
import org.jspecify.annotations.Nullable;

/** What status says about a SecretRotation: the active run, the last finished one, the last that succeeded. */
public record History(
        @Nullable Entry active,
        @Nullable Entry last,
        @Nullable Entry adopted,
        @Nullable Entry succeeded) {

    /** One run, as far as status needs it. */
    public record Entry(
            String id,
            String reason,
            RotationState state,
            Instant since,
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
                            row.dueAt,
                            row.requestedAt,
                            row.finishedAt,
                            row.outcomeReason,
                            row.detail))
                    .orElse(null);
        }
    }
}
