package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpanTest {
    private final Span tenToForty = span(10, 40);

    @Test
    void whatLiesOutsideOthersIsTheRest() {
        assertThat(tenToForty.outside(List.of())).isEqualTo(Duration.ofSeconds(30));
        assertThat(tenToForty.outside(List.of(span(0, 5), span(8, 12), span(20, 21), span(39, 60), span(70, 80))))
                .isEqualTo(Duration.ofSeconds(26));
        assertThat(tenToForty.outside(List.of(span(0, 50)))).isZero();
    }

    private static Span span(int from, int to) {
        return new Span(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
    }
}
