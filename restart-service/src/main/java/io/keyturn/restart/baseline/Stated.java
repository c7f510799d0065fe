package io.keyturn.restart.baseline;

import java.time.Duration;
import java.time.Instant;

import io.keyturn.contract.reference.PublicationId;
import org.jspecify.annotations.Nullable;

/**
 * Content of an object, as the watcher stated it.
 *
 * @param publication what it was stamped with
 * @param observedAt when the watcher saw it
 */
public record Stated(Content content, @Nullable PublicationId publication, Instant observedAt) {
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    /** Seen so long before the workload was made that it is no news to its pods, even if clocks differ a little. */
    public boolean isOlderThan(Instant workloadCreatedAt) {
        return observedAt.isBefore(workloadCreatedAt.minus(CLOCK_MARGIN));
    }
}
