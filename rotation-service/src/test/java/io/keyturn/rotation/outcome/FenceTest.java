package io.keyturn.rotation.outcome;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FenceTest {
    private static final long NOW = 1_764_400_000_000_000L;
    private static final long DAY = 86_400_000_000L;

    @Test
    void laterClaimKeepsAnEarlierOneOutAndItselfIn() {
        assertThat(Fence.isPassed(NOW, NOW + 1)).isTrue();
        assertThat(Fence.isPassed(NOW, NOW + 364 * DAY)).isTrue();
        assertThat(Fence.isPassed(NOW, NOW)).isFalse();
        assertThat(Fence.isPassed(NOW, NOW - 1)).isFalse();
        assertThat(Fence.isPassed(NOW, 0)).isFalse();
    }

    @Test
    void numberThatLiesYearsAheadKeepsNobodyOut() {
        assertThat(Fence.isPassed(NOW, NOW + 366 * DAY)).isFalse();
        assertThat(Fence.isPassed(NOW, Long.MAX_VALUE)).isFalse();
    }
}
