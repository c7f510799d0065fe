package io.keyturn.rotation.saga;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * How long a run pauses between two tries: 0.5 s at most at first, doubling to at most 15 s, and no less than half of that. Where in
 * between is by chance, but the same whenever it is asked for the same try of the same run: what failed for many at once is not tried
 * again by all of them at once. Events wake a waiting run earlier.
 */
final class BackOff {
    private static final long FIRST = 500;
    private static final long LONGEST = 15_000;
    private static final int DOUBLINGS = 5;

    private BackOff() {}

    /** The pause after the present try. */
    static Duration next(Situation s) {
        return after(s, s.tries());
    }

    /** All pauses since the first try. */
    static Duration total(Situation s) {
        return IntStream.range(0, s.tries()).mapToObj(tries -> after(s, tries)).reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration after(Situation s, int tries) {
        long most = Math.min(LONGEST, FIRST << Math.min(tries, DOUBLINGS));
        return Duration.ofMillis(
                most - Math.floorMod(scrambled(31L * s.run().id().value().hashCode() + tries), most / 2 + 1));
    }

    /** Neighbours are far apart afterwards: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators). */
    private static long scrambled(long bits) {
        long once = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
        return twice ^ (twice >>> 31);
    }
}
