package io.keyturn.testbed.process;

import io.keyturn.testbed.process.FreePort.Range;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FreePortTest {
    @Test
    void portsOfServersAreNotThoseOfOutgoingConnections() {
        assertThat(Range.beside(new Range(32_768, 61_000))).isEqualTo(new Range(20_000, 32_000));
        assertThat(Range.beside(new Range(24_000, 65_536))).isEqualTo(new Range(20_000, 24_000));
        assertThat(Range.beside(new Range(1_024, 60_000))).isEqualTo(new Range(60_000, 65_500));
        assertThat(Range.beside(new Range(1_024, 65_536)))
                .as("no room on either side")
                .isEqualTo(new Range(20_000, 32_000));
    }

    @Test
    void processesWithNumbersInARowDrawFromPartsThatDoNotOverlap() {
        var range = new Range(20_000, 32_000);

        assertThat(range.slice(15)).isEqualTo(new Range(30_500, 32_000));
        assertThat(range.slice(16)).isEqualTo(new Range(20_000, 21_500));
        assertThat(range.slice(17)).isEqualTo(new Range(21_500, 23_000));
    }
}
