package io.keyturn.rotation.credential;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** How far counts are from equal ones, and how far chance alone would bring them once in a million times. */
record ChiSquare(double distance, double limit) {
    /** The quantile of the normal distribution that is passed once in a million times. */
    private static final double ONCE_IN_A_MILLION = 4.753;

    /** Of things that should all be equally frequent; what never came is not among them, but among how many there are. */
    static ChiSquare of(Stream<?> things, int kinds) {
        Map<Object, Integer> counts = new HashMap<>();
        things.forEach(thing -> counts.merge(thing, 1, Integer::sum));
        return of(counts.values(), kinds);
    }

    private static ChiSquare of(Collection<Integer> counts, int kinds) {
        double expected = counts.stream().mapToInt(count -> count).sum() / (double) kinds;
        // What never came is as far away as was expected of it.
        double distance = (kinds - counts.size()) * expected;
        for (int count : counts) {
            distance += (count - expected) * (count - expected) / expected;
        }
        return new ChiSquare(distance, limit(kinds - 1.0));
    }

    /** By Wilson and Hilferty: the cube root of chi-square is nearly normal. */
    private static double limit(double freedom) {
        double variance = 2 / (9 * freedom);
        return freedom * Math.pow(1 - variance + ONCE_IN_A_MILLION * Math.sqrt(variance), 3);
    }

    boolean isByChance() {
        return distance < limit;
    }
}
