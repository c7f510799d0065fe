package io.keyturn.system.chaos;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How often something happens, second by second. */
final class Rate {
    private final ConcurrentSkipListMap<Long, LongAdder> seconds = new ConcurrentSkipListMap<>();

    void count(Instant at) {
        seconds.computeIfAbsent(at.getEpochSecond(), _ -> new LongAdder()).increment();
    }

    /** How often a second on average between the first and the last time, the seconds in which nothing happened included; not those that any of these touches. */
    double perSecond(List<Span> without) {
        if (seconds.isEmpty()) {
            return 0;
        }
        long whole = 0;
        long times = 0;
        // The first and the last second are not whole ones.
        for (long second = seconds.firstKey() + 1; second < seconds.lastKey(); second++) {
            var span = new Span(Instant.ofEpochSecond(second), Instant.ofEpochSecond(second + 1));
            if (span.outside(without).equals(span.length())) {
                whole++;
                times += seconds.getOrDefault(second, new LongAdder()).sum();
            }
        }
        return whole == 0 ? 0 : times / (double) whole;
    }
}
