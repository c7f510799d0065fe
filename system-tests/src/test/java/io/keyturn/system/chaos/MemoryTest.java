package io.keyturn.system.chaos;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MemoryTest {
    @Test
    void slopeIsThatOfTheLineThatFitsBest() {
        assertThat(Memory.perSample(List.of(100.0, 100.0, 100.0))).isZero();
        assertThat(Memory.perSample(List.of(100.0, 102.0, 104.0))).isCloseTo(2, within(1e-9));
        assertThat(Memory.perSample(List.of(101.0, 99.0, 101.0, 99.0))).isNegative();
    }
}
