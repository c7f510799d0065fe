package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** From one instant to another. */
record Span(Instant from, Instant to) {

    Span until(Instant later) {
        return new Span(from, later);
    }

    Duration length() {
        return Duration.between(from, to);
    }

    /** How much of it lies in none of the others, which come one after the other. */
    Duration outside(List<Span> others) {
        return others.stream().map(this::shared).reduce(length(), Duration::minus);
    }

    private Duration shared(Span other) {
        var begin = from.isAfter(other.from) ? from : other.from;
        var end = to.isBefore(other.to) ? to : other.to;
        return end.isAfter(begin) ? Duration.between(begin, end) : Duration.ZERO;
    }
}
