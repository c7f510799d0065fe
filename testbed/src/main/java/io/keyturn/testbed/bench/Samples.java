package io.keyturn.testbed.bench;

import java.util.Collection;
import java.util.List;

/** Measured values of one kind, sorted; at least one. */
record Samples(List<Double> sorted) {
    Samples {
        if (sorted.isEmpty()) {
            throw new IllegalStateException("Nothing was measured");
        }
        sorted = sorted.stream().sorted().toList();
    }

    /** Nanoseconds, kept as milliseconds. */
    static Samples ofNanos(Collection<Long> nanos) {
        return new Samples(nanos.stream().map(n -> n / 1e6).toList());
    }

    /** The smallest value that this share of all values does not exceed. */
    double quantile(double share) {
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }

    double median() {
        return quantile(0.5);
    }

    double max() {
        return sorted.getLast();
    }
}
