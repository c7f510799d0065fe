package io.keyturn.rotation.bulkhead;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How much of one kind may be under way at one target: less than is free, so that of k targets that are slow each fills one part of
 * k + 1 and one part is left for all others, without anybody having to know who is slow (the dynamic threshold of Choudhury and Hahne);
 * never more than so many; and one where the last that asked got no answer. Who waits for a target that is down holds up nobody else
 * then, and that one finds out when it is back. Targets are told apart by their addresses.
 */
public class Bulkheads {
    private final int most;
    private int free;
    private final Map<String, Integer> inside = new HashMap<>();
    private final Set<String> silent = new HashSet<>();

    /**
     * @param total for all targets together
     * @param most for one of them, however much is free
     */
    public Bulkheads(int total, int most) {
        this.free = total;
        this.most = most;
    }

    /** False if there is no room now. Who is in leaves. */
    public synchronized boolean enter(String target) {
        if (isFull(target)) {
            return false;
        }
        inside.merge(target, 1, Integer::sum);
        free--;
        return true;
    }

    public synchronized void leave(String target) {
        inside.computeIfPresent(target, (_, there) -> there == 1 ? null : there - 1);
        free++;
    }

    /** The targets without room. */
    public synchronized Set<String> full() {
        var full = new HashSet<String>();
        inside.keySet().stream().filter(this::isFull).forEach(full::add);
        return full;
    }

    /** Where nothing is under way there is always room: it need not wait for what others leave. */
    private boolean isFull(String target) {
        return inside(target) >= (silent.contains(target) ? 1 : Math.min(most, Math.max(1, free)));
    }

    /** How much is under way there. */
    public synchronized int inside(String target) {
        return inside.getOrDefault(target, 0);
    }

    /** The target gave no answer. */
    public synchronized void noAnswer(String target) {
        silent.add(target);
    }

    /** The target itself gave an answer. */
    public synchronized void answer(String target) {
        silent.remove(target);
    }
}
