package io.keyturn.kit.backoff;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * Pauses between tries: {@code first} at most after the first one, doubling to at most {@code longest}, and no less than half of that.
 * Where in between is by chance, but the same whenever it is asked for the same try of the same task: what failed for many at once is
 * not tried again by all of them at once.
 *
 * @param first in whole milliseconds, as is {@code longest}
 */
public record ExponentialBackOff(Duration first, Duration longest) {
    /** More would overflow. */
    private static final int DOUBLINGS = 20;

    /**
     * The pause after a try.
     *
     * @param task whose tries these are
     * @param tries how many tries there were before, from 0
     */
    public Duration after(String task, int tries) {
        long most = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries, DOUBLINGS));
        return Duration.ofMillis(most - Math.floorMod(scrambled(31L * task.hashCode() + tries), most / 2 + 1));
    }

    /** All pauses after that many tries. */
    public Duration total(String task, int tries) {
        return IntStream.range(0, tries).mapToObj(before -> after(task, before)).reduce(Duration.ZERO, Duration::plus);
    }

    /** Neighbours are far apart afterwards: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators). */
    private static long scrambled(long bits) {
        long once = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
        return twice ^ (twice >>> 31);
    }
}
