package io.keyturn.rotation.saga;

import java.time.Duration;

import io.keyturn.kit.backoff.ExponentialBackOff;

/** How long a run pauses between two tries. Events wake a waiting run earlier. */
final class BackOff {
    private static final ExponentialBackOff PAUSES =
            new ExponentialBackOff(Duration.ofMillis(500), Duration.ofSeconds(15));

    private BackOff() {}

    /** The pause after the present try. */
    static Duration next(Situation s) {
        return PAUSES.after(s.run().id().value(), s.tries());
    }

    /** All pauses since the first try. */
    static Duration total(Situation s) {
        return PAUSES.total(s.run().id().value(), s.tries());
    }
}
