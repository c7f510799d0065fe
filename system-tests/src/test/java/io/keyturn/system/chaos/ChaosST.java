package io.keyturn.system.chaos;

import java.time.Duration;

import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As long as is asked for: {@code make chaos MINUTES=30 SEED=7}. */
@Tag("chaos")
class ChaosST {
    private static final String ENOUGH_FOR_EVERY_FAULT = "20";

    private static String property(String name, String otherwise) {
        var given = System.getProperty("keyturn.chaos." + name, "");
        return given.isEmpty() ? otherwise : given;
    }

    @Proves({"R08", "R10", "R12", "R14", "R15", "R16", "R17", "R21", "I1", "I2", "I3", "I6", "I8"})
    @Test
    void whateverFailsNobodyIsLockedOutAndAllComesToRest() {
        var minutes = Double.parseDouble(property("minutes", ENOUGH_FOR_EVERY_FAULT));
        var seed = Long.parseLong(property("seed", String.valueOf(System.currentTimeMillis() % 1_000_000)));
        new Chaos(Duration.ofSeconds(Math.round(60 * minutes)), seed).breakOut();
    }
}
