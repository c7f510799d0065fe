package io.keyturn.rotation.outcome;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the number of a claim says about one that is found at a target or publication. Numbers are microseconds, or a little more. */
public final class Fence {
    private static final long YEAR = TimeUnit.MICROSECONDS.convert(Duration.ofDays(365));

    private Fence() {}

    /**
     * Whether somebody with a later claim was there. A number that lies years ahead is that of a clock that was wrong, or was written by
     * hand: it keeps nobody out.
     */
    public static boolean isPassed(long mine, long found) {
        return found > mine && found - mine < YEAR;
    }
}
