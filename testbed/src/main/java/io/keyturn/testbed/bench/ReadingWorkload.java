package io.keyturn.testbed.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One workload that reads one Secret. The Secret goes round a few values; which annotation stands for which value is learned
 * first, so that each later patch says exactly which change it answers.
 */
final class ReadingWorkload {
    private final String name;
    private final Map<String, Integer> values = new HashMap<>();
    private final Deque<Change> waiting = new ArrayDeque<>();
    private final List<Long> latencies = new ArrayList<>();
    private @Nullable String annotation;
    private int overtaken;
    private int extra;

    /** A change of the Secret; the API server's answer to it came at {@code acknowledged}, 0 while it is under way. */
    private static final class Change {
        final int value;
        long acknowledged;
        long seen;

        Change(int value) {
            this.value = value;
        }
    }

    ReadingWorkload(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** How many values' annotations are known. */
    synchronized int learned() {
        return values.size();
    }

    synchronized @Nullable String annotation() {
        return annotation;
    }

    /** The present annotation stands for that value. */
    synchronized void learn(int value) {
        if (annotation != null) {
            values.put(annotation, value);
        }
    }

    /** The present annotation is known to stand for that value. */
    synchronized boolean shows(int value) {
        return annotation != null && Objects.equals(values.get(annotation), value);
    }

    /** A PUT is sent; the answer says what to do when it is acknowledged. */
    synchronized Runnable sent(int value) {
        var change = new Change(value);
        waiting.add(change);
        return () -> acknowledged(change, System.nanoTime());
    }

    private synchronized void acknowledged(Change change, long now) {
        change.acknowledged = now;
        if (change.seen != 0) {
            latencies.add(0L);
        }
    }

    /** The watch shows this annotation now. */
    synchronized void seen(@Nullable String present, long now) {
        if (present == null || present.equals(annotation)) {
            return;
        }
        annotation = present;
        var value = values.get(present);
        if (value == null || waiting.stream().noneMatch(change -> change.value == value)) {
            extra++;
            return;
        }
        while (true) {
            var change = waiting.remove();
            change.seen = now;
            if (change.acknowledged != 0) {
                latencies.add(now - change.acknowledged);
            }
            if (change.value == value) {
                return;
            }
            // A newer content arrived before this one was acted on: one patch answers both.
            overtaken++;
        }
    }

    /** Forgets what happened while learning. */
    synchronized void begin() {
        waiting.clear();
        latencies.clear();
        overtaken = 0;
        extra = 0;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** Changes without an answer at the end, although the workload is not where the Secret is. */
    synchronized int missed() {
        return waiting.isEmpty() || shows(waiting.getLast().value) ? 0 : waiting.size();
    }

    /** Changes without an answer because later ones took the Secret back to what the workload has. */
    synchronized int undone() {
        return waiting.size() - missed();
    }

    synchronized List<Long> latencies() {
        return List.copyOf(latencies);
    }

    synchronized int overtaken() {
        return overtaken;
    }

    synchronized int extra() {
        return extra;
    }
}
