package io.keyturn.rotation.persistence;

import java.util.Objects;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.reference.RotationId;
import org.jspecify.annotations.Nullable;

/** What a request knew when it was made: the last run. If another one has ended since, nobody asked for this one as things are now. */
record Basis(RequestReason reason, @Nullable RotationId basedOn) {

    /** A leak detector need not know our runs: a compromise is never stale. Adoption is asked for by ourselves. */
    static boolean matters(RequestReason reason) {
        return switch (reason) {
            case COMPROMISE, ADOPT -> false;
            case SCHEDULE, MANUAL, DRIFT -> true;
        };
    }

    /** @param last the last run that ended; null if none did */
    boolean isStale(@Nullable String last) {
        return matters(reason) && last != null && !Objects.equals(last, basedOn == null ? null : basedOn.value());
    }
}
