package io.keyturn.system.chaos;

import java.time.Duration;

import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;

/** A sample of the faults, always the same: what {@link ChaosST} does for as long as is asked for. */
class ChaosSampleST {
    private static final Duration LENGTH = Duration.ofSeconds(45);
    private static final long SEED = 7;

    @Proves({"I1", "I2", "I3", "I6", "I8"})
    @Test
    void whateverFailsNobodyIsLockedOutAndAllComesToRest() {
        new Chaos(LENGTH, SEED).breakOut();
    }
}
