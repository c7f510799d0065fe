package io.keyturn.rotation.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Chance, time, the links to the servers, and what must hold at every instant. */
public final class World {
    private static final int REMEMBERED = 400;
    /** In seconds; from shorter than a claim is valid to so long that the run is over meanwhile, and the next one as well. */
    private static final int[] LONGEST_STOPS = {8, 120, 1200};

    private record Note(Instant at, String actor, String what) {}

    /** No answer: the call may have been carried out or not. */
    public static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswer() {
            super(null, null, false, false);
        }
    }

    /** kill -9: no finally block of the service would run. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super(null, null, false, false);
        }
    }

    final Random random;
    final Turns turns;
    private final double trouble;
    private final int longestStop;
    private final Instant calmFrom;
    private final Deque<Note> past = new ArrayDeque<>();
    private final List<Runnable> invariants = new ArrayList<>();
    private boolean struck;

    /** @param patient whether whoever stops may stop for longest: what comes too late comes seldom otherwise */
    World(long seed, boolean patient) {
        random = new Random(seed);
        turns = new Turns(random);
        // Some worlds are kind, some are not.
        trouble = random.nextDouble() * random.nextDouble() * 0.3;
        longestStop = LONGEST_STOPS[patient ? LONGEST_STOPS.length - 1 : random.nextInt(LONGEST_STOPS.length)];
        calmFrom = Turns.START.plusSeconds(30 + random.nextInt(1800));
    }

    public Instant now() {
        return turns.instant();
    }

    /** True once in so many times. */
    public boolean chance(int times) {
        return random.nextInt(times) == 0;
    }

    /** True once no more faults come. */
    boolean isCalm() {
        return !now().isBefore(calmFrom);
    }

    boolean strikes() {
        boolean now = !isCalm() && random.nextDouble() < trouble;
        struck |= now;
        return now;
    }

    /** Whether anything went wrong so far. */
    boolean hasStruck() {
        return struck;
    }

    /** What is to be true after everything that happens. */
    void always(Runnable check) {
        invariants.add(check);
    }

    /** Something happens at once, and undivided. */
    <T> T happens(String what, Supplier<T> effect) {
        if (what.startsWith("vault live read")) {
            turns.wakeListeners();
        }
        note(what);
        T result = effect.get();
        invariants.forEach(Runnable::run);
        return result;
    }

    /**
     * A call over the network: it may come late, or not at all; its answer may be lost; whoever calls may be killed before or
     * after, or stop for a while.
     */
    public <T> T call(String what, Supplier<T> effect) throws NoAnswer {
        turns.sleep(Duration.ofMillis(random.nextInt(4)));
        mayDieOrStop(what);
        if (strikes()) {
            note("unreachable: " + what);
            turns.sleep(Duration.ofSeconds(random.nextInt(6)));
            throw new NoAnswer();
        }
        T result = happens(what, effect);
        turns.sleep(Duration.ofMillis(random.nextInt(4)));
        mayDieOrStop("after " + what);
        if (strikes()) {
            note("answer lost: " + what);
            throw new NoAnswer();
        }
        return result;
    }

    private void mayDieOrStop(String where) {
        if (!strikes()) {
            return;
        }
        if (random.nextBoolean()) {
            note("killed: " + where);
            throw new Killed();
        }
        note("stopped: " + where);
        turns.sleep(Duration.ofSeconds(random.nextInt(longestStop)));
        note("goes on: " + where);
    }

    private void note(String what) {
        past.addLast(new Note(now(), turns.actor(), what));
        if (past.size() > REMEMBERED) {
            past.removeFirst();
        }
    }

    /** The last things that happened, who did them, and what went wrong with them. */
    String story() {
        return past.stream()
                .map(note -> note.at() + " " + note.actor() + ": " + note.what())
                .collect(Collectors.joining("\n"));
    }
}
