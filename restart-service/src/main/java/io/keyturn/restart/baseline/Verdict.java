package io.keyturn.restart.baseline;

import io.keyturn.restart.reference.KeySelection;
import org.jspecify.annotations.Nullable;

/** What the present content of an object means for a workload that reads it. */
public enum Verdict {
    /** Never seen, or seen with fewer keys: remember the present content, roll nobody. Kubernetes rolled it already. */
    ADOPT,
    UNCHANGED,
    /** Other content than what is in use, or what was presumed to be in use is not. */
    CHANGED;

    /**
     * Compares what the workload had in use with what is there now. Only keys it reads now and read then count: a reference
     * that was added since changed the pod template, so its pods started with it.
     */
    public static Verdict compare(@Nullable InUse last, KeySelection reads, Stated now) {
        if (last == null) {
            return ADOPT;
        }
        if (last.isRefutedBy(now)) {
            return CHANGED;
        }
        var changed = last.content().differing(now.content()).stream()
                .anyMatch(key -> reads.covers(key) && last.keys().covers(key));
        if (changed) {
            return CHANGED;
        }
        return last.keys().contains(reads) ? UNCHANGED : ADOPT;
    }
}
